// A sentence with its values in it. `{count:box is|boxes are}` is the first of the two where there is one of it, and either
// may hold values: the rule of `messages/catalogue.py`. A value that is not given leaves its place as it is.
const PLACE = /\{(\w+)(?::((?:[^{}]|\{\w+\})*))?\}/g;

export function sentence(template, values) {
  return template.replace(PLACE, (whole, name, forms) => {
    if (!(name in values)) return whole;
    if (forms === undefined) return String(values[name]);
    const [one, several] = forms.split("|");
    return sentence(String(values[name]) === "1" ? one : several, values);
  });
}
