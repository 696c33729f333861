// A slider moved with the keyboard is released when the key is, as it is when the mouse lets go.
document.addEventListener("keyup", (event) => {
  const moves = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"];
  if (moves.includes(event.key) && event.target.matches?.("input[type=range]"))
    event.target.dispatchEvent(new PointerEvent("pointerup", { bubbles: true }));
});

// The number typed beside a slider is used when Enter is pressed too, and never outside of the slider's bounds:
// the server would refuse it while the slider stands at its end. An emptied field gets its last number back.
(() => {
  const beside = (target) => target.matches?.(".tab-like-container input[type=number]");
  let before = "";
  const settle = (event) => {
    const number = event.target;
    if (!beside(number)) return;
    const typed = number.value === "" ? Number(before) : number.valueAsNumber;
    const kept = String(Math.min(Math.max(typed, Number(number.min)), Number(number.max)));
    if (Number.isNaN(Number(kept)) || Number(kept) === number.valueAsNumber) return;
    number.value = kept;
    number.dispatchEvent(new Event("input", { bubbles: true }));
  };
  document.addEventListener("focusin", (event) => { if (beside(event.target)) before = event.target.value; });
  document.addEventListener("blur", settle, true); // before the page's own handler, which sends the number
  document.addEventListener("pointerup", settle, true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !beside(event.target)) return;
    settle(event);
    before = event.target.value;
    event.target.dispatchEvent(new PointerEvent("pointerup", { bubbles: true }));
  });
})();

// The choices of one field are one group: Tab comes to the chosen one and the arrows go on from there. The framework names
// each by itself, and anew with each change; a group is what has one name.
for (const kind of ["focusin", "keydown"])
  document.addEventListener(kind, ({ target }) => {
    if (!target.matches?.("fieldset input[type=radio]")) return;
    for (const each of target.closest("fieldset").querySelectorAll("input[type=radio]")) each.name = target.name;
  }, true);
