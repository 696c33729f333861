// The button of an empty place presses the one that goes on, wherever that stands.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-press]");
  if (button) document.querySelector(button.dataset.press)?.click();
});
