// On a narrow page the two panels are sheets, opened one at a time from the bar at the foot.
const panels = { pictures: document.querySelector("#left"), boxes: document.querySelector("#right") };
const buttons = Object.fromEntries(Object.keys(panels).map((name) => [name, document.querySelector(`#sheet-${name}`)]));

export function openSheet(name) {
  for (const [other, panel] of Object.entries(panels)) {
    const open = other === name && !panel.classList.contains("open");
    panel.classList.toggle("open", open);
    buttons[other].setAttribute("aria-expanded", String(open));
  }
}

export const closeSheets = () => openSheet(null);

for (const name of Object.keys(panels)) buttons[name].addEventListener("click", () => openSheet(name));
for (const close of document.querySelectorAll(".close-sheet")) close.addEventListener("click", closeSheets);
