// What answers a click is brought into sight, once, unless the visitor has moved on since: on a narrow page, or under a
// long form, it stands screens away from what was pressed. Screen readers hear it by its role.
(() => {
  const SAYINGS = ".ocrweb-problem, .ocrweb-warning[role=status]";
  const ANSWERS = `${SAYINGS}, #dataset-picture .prose > *, #models-facts .ocrweb-model`;
  let pressed = null; // the tab that a button was pressed on
  const forget = () => { pressed = null; };
  document.addEventListener("click", (event) => {
    if (event.isTrusted && event.target.closest?.("button, [role=gridcell]"))
      pressed = event.target.closest("#tabs > [role=tabpanel], #tabs [role=tabpanel]");
  }, true);
  for (const kind of ["wheel", "touchmove", "input"]) window.addEventListener(kind, forget, { capture: true, passive: true });

  const show = (answer) => requestAnimationFrame(() => {
    const { top, bottom, height } = answer.getBoundingClientRect();
    if (!height || (top >= 0 && bottom <= innerHeight)) return;
    answer.scrollIntoView({ block: height > innerHeight ? "start" : "center", behavior: "smooth" });
  });
  // What stands there already may become the answer: the framework then changes its class alone.
  const became = ({ target, oldValue }) => (target.matches(SAYINGS) && !/ocrweb-(problem|warning)/.test(oldValue) ? [target] : []);
  const come = ({ addedNodes }) =>
    [...addedNodes].filter((added) => added.nodeType === Node.ELEMENT_NODE)
      .map((added) => (added.matches(ANSWERS) ? added : added.querySelector(ANSWERS)));
  new MutationObserver((changes) => {
    if (!pressed) return;
    const answer = changes.flatMap((change) => (change.type === "attributes" ? became(change) : come(change)))
      .find((each) => each && pressed.contains(each));
    if (!answer) return;
    forget();
    show(answer);
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"], attributeOldValue: true });
})();
