// The button of an empty place presses what goes on, wherever that stands: one after another, each once it is there.
(() => {
  const EACH = 100, SOON = 10_000, AFTER_FILES = 600_000; // milliseconds; an upload may take long
  let turn = 0; // of the last button: an earlier one presses no more
  const press = (selectors, patience = SOON) => {
    const mine = ++turn;
    let until = performance.now() + patience;
    const go = () => {
      if (mine !== turn || performance.now() > until) return;
      const target = window.ocrwebAddress.settled() ? document.querySelector(selectors[0]) : null;
      if (target && !target.disabled) {
        selectors = selectors.slice(1);
        if (target.type === "file") until = performance.now() + AFTER_FILES;
        target.click();
      }
      if (selectors.length) setTimeout(go, EACH);
    };
    go();
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-press]");
    if (button) press(button.dataset.press.split(" | "));
    else if (event.isTrusted && event.target.closest?.("#dataset-add")) turn += 1; // the visitor goes on by himself
  });
  document.addEventListener("cancel", () => (turn += 1), true); // no file was chosen
  // A link that trains with a dataset: the button is there once the dataset is found to be ready.
  const asked = new URLSearchParams(location.search);
  if (asked.get("then") === "train") {
    asked.delete("then");
    history.replaceState(null, "", `${location.pathname}?${asked}`);
    press(["#dataset-train"], 120_000);
  }
})();
// What another window deleted is seen when the visitor comes back to this one, or to the tab.
(() => {
  const look = () => document.querySelector("#dataset-bin-look")?.click();
  window.addEventListener("focus", look);
  document.addEventListener("click", (event) => {
    if (event.isTrusted && event.target.closest?.("[data-tab-id=datasets], [data-go=datasets]")) look();
  });
})();
