// The panel beside the picture: its boxes as a list, the text and mark of a chosen one, tags, state.
import { desk, find, notes, saver, table } from "./parts.js";
import { say } from "./words.js";

const NARROW = 900; // CSS pixels, below which the panel is a sheet

export function writeText() {
  if (!desk.labels.chosen.size) return notes.refuse(say("said-choose-first"));
  if (innerWidth < NARROW && !find("#right").classList.contains("open")) find("#sheet-boxes").click();
  find("#text").focus();
  find("#text").select();
}

desk.addEventListener("labels", () => {
  const { labels } = desk;
  table.take(labels);
  find("#box-count").textContent = labels.boxes.length;
  find("#no-boxes").hidden = labels.boxes.length > 0;
  find("#state").textContent = say(`state-${labels.state}`);
  find("[data-deed=undo]").disabled = !labels.history.canUndo;
  find("[data-deed=redo]").disabled = !labels.history.canRedo;
  const [one] = labels.chosenBoxes;
  find("#one-box").hidden = !one;
  if (!one) return;
  if (document.activeElement !== find("#text")) find("#text").value = one.text;
  find("#is-ignored").checked = labels.chosenBoxes.every((box) => box.ignored);
});
desk.addEventListener("hover", ({ detail }) => table.hover(detail));
desk.addEventListener("text", writeText);
table.addEventListener("hover", ({ detail }) => desk.hover(detail));
table.addEventListener("text", writeText);
table.addEventListener("choose", ({ detail: { box, more } }) => {
  desk.labels.choose(more ? [...desk.labels.chosen, box.id] : [box.id]);
  desk.revealChosen();
});
find("#text").addEventListener("change", ({ target }) => {
  const [one] = desk.labels.chosenBoxes;
  if (one) desk.deeds.write(one.id, target.value.trim());
});
find("#text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing) find("#canvas").focus();
});
find("#is-ignored").addEventListener("change", () => desk.deeds.ignore());
find("#tags").addEventListener("change", ({ target }) => {
  const tags = [...new Set(target.value.split(/[,，、]/).map((tag) => tag.trim()).filter(Boolean))];
  saver.want(desk.labels, { tags });
});
