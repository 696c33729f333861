// The button of an empty place presses the one that goes on, wherever that stands.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-press]");
  if (button) document.querySelector(button.dataset.press)?.click();
});
// What another window deleted is seen when the visitor comes back to this one, or to the tab.
(() => {
  const look = () => document.querySelector("#dataset-bin-look")?.click();
  window.addEventListener("focus", look);
  document.addEventListener("click", (event) => {
    if (event.isTrusted && event.target.closest?.("[data-tab-id=datasets], [data-go=datasets]")) look();
  });
})();
