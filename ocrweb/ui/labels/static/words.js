// Every word of the page comes from one document in it; a key without a sentence is a fault that the tests see.
import { sentence } from "../../viewer/static/sentence.js";

const WORDS = JSON.parse(document.getElementById("words").textContent);

export function say(key, values = {}) {
  if (!(key in WORDS)) throw new Error(`no word for ${key}`);
  return sentence(WORDS[key], values);
}

// data-say: the text of an element. data-hint: its tooltip and its name for screen readers. data-about: its tooltip alone.
// data-empty: its placeholder.
export function fill(root) {
  for (const element of root.querySelectorAll("[data-say]")) element.textContent = say(element.dataset.say);
  for (const element of root.querySelectorAll("[data-about]")) element.title = say(element.dataset.about);
  for (const element of root.querySelectorAll("[data-empty]")) element.placeholder = say(element.dataset.empty);
  for (const element of root.querySelectorAll("[data-hint]")) {
    const key = element.dataset.key ? ` (${element.dataset.key})` : "";
    element.title = say(element.dataset.hint) + key;
    element.setAttribute("aria-label", say(element.dataset.hint));
  }
}
