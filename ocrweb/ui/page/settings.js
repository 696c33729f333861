// The long form of training: a search over its settings by name, explanation and key, and a way back for each changed one.
(() => {
  const FIELD = "[id^=training-]", FORM = "#training-advanced";
  const hide = (each, away) => each.toggleAttribute("data-away", away);
  const fieldsOf = (part) => (part.matches(FIELD) ? [part] : [...part.querySelectorAll(FIELD)].filter((each) => each.id !== "training-search"));
  const search = (asked) => {
    const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (field) => {
      const text = `${field.textContent} ${field.id.slice(9).replace(/-/g, ".")}`.toLowerCase();
      return words.every((word) => text.includes(word));
    };
    let heading = null, found = 0, inGroup = 0;
    const close = () => heading && hide(heading, words.length > 0 && !inGroup);
    const first = document.querySelector(`${FORM} .ocrweb-settings`);
    for (const part of first?.parentElement.children ?? []) {
      if (part.classList.contains("ocrweb-settings")) {
        close();
        [heading, inGroup] = [part, 0];
        continue;
      }
      const fields = fieldsOf(part);
      if (!heading || !fields.length) continue;
      const fitting = fields.filter(fits);
      fields.forEach((field) => hide(field, !fitting.includes(field)));
      hide(part, !fitting.length);
      inGroup += fitting.length;
      found += fitting.length;
    }
    close();
    document.querySelector(FORM)?.toggleAttribute("data-none", !found);
  };
  document.addEventListener("input", (event) => {
    if (event.target.closest?.("#training-search")) search(event.target.value);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-setting]");
    const field = document.querySelector("#training-reset textarea, #training-reset input");
    if (!button || !field) return;
    field.value = `${button.dataset.setting} ${performance.now()}`; // the same setting twice is two presses
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
