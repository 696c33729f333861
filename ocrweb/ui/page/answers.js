// What answers a click is brought into sight, once, unless the visitor has moved on since: on a narrow page, or under a
// long form, it stands screens away from what was pressed. Screen readers hear it by its role.
(() => {
  const ANSWERS = ".ocrweb-problem, .ocrweb-warning[role=status], #dataset-picture .prose > *, #models-facts .ocrweb-model";
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
  new MutationObserver((changes) => {
    if (!pressed) return;
    for (const { addedNodes } of changes)
      for (const added of addedNodes) {
        if (added.nodeType !== Node.ELEMENT_NODE) continue;
        const answer = added.matches(ANSWERS) ? added : added.querySelector(ANSWERS);
        if (!answer || !pressed?.contains(answer)) continue;
        forget();
        show(answer);
        return;
      }
  }).observe(document, { subtree: true, childList: true });
})();
