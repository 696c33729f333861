// What is on the picture and around it: layers, what a model proposes, tools, how large it is shown and where.
import { layHeat } from "./heat.js";
import { desk, find, notes, thresholds } from "./parts.js";
import { say } from "./words.js";

const BARS = ["#tools", "#layers", "#zoom"].map(find); // lie over the canvas

export function snap(on) {
  desk.snapping = on;
  for (const button of document.querySelectorAll("[data-deed=toggle-snap]")) button.setAttribute("aria-pressed", String(on));
  notes.say(say(on ? "said-snap-on" : "said-snap-off"));
}

export function toggleThresholds() {
  thresholds.toggle();
  find("[data-deed=thresholds]").setAttribute("aria-pressed", String(thresholds.open));
}

export const toggleMap = () => find("[data-layer=map]").click();

// CSS pixels at each side of the canvas that a fitted picture leaves to the bars there.
desk.viewer.covered = () => {
  const stage = find("#canvas").getBoundingClientRect();
  const room = { left: 0, right: 0, top: 0, bottom: 0 };
  for (const bar of BARS) {
    const { left, right, top, bottom, width, height } = bar.getBoundingClientRect();
    if (height > width) room.left = Math.max(room.left, right - stage.left);
    else if (top + bottom < stage.top + stage.bottom) room.top = Math.max(room.top, bottom - stage.top);
    else room.bottom = Math.max(room.bottom, stage.bottom - top);
  }
  return room;
};

desk.addEventListener("tool", () => {
  for (const name of Object.keys(desk.tools)) find(`[data-deed=tool-${name}]`).setAttribute("aria-pressed", String(name === desk.toolName));
});
desk.addEventListener("nothing", () => notes.show(say("said-nothing-there")));
desk.addEventListener("trouble", ({ detail }) => notes.trouble(detail));
desk.viewer.addEventListener("drawn", () => {
  find("#scale").textContent = `${Math.round(desk.viewer.view.scale * desk.viewer.density * 100)} %`;
});
for (const box of document.querySelectorAll("[data-layer]"))
  box.addEventListener("change", () => {
    desk.layers[box.dataset.layer] = box.checked;
    desk.redraw();
    if (box.dataset.layer === "map") layHeat();
  });
desk.addEventListener("shown", () => layHeat());
thresholds.addEventListener("boxes", () => {
  desk.detections = thresholds.boxes;
  desk.redraw();
});
thresholds.addEventListener("side", () => {
  desk.side = thresholds.side;
  desk.canvas.dataset.side = desk.side ?? "";
  desk.redraw();
});
thresholds.addEventListener("model", () => layHeat());
thresholds.addEventListener("use", () => desk.deeds.replaceAll(thresholds.boxes.map(({ points }) => points)));
