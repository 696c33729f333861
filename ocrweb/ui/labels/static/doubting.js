// Labels that are probably wrong: opened one after the other, followed, adjusted or dismissed by a key.
import { go } from "./going.js";
import { attempt, desk, find, notes, suspects } from "./parts.js";
import { followed, nearest } from "./suspects.js";
import { say } from "./words.js";
import { bounds } from "../../viewer/static/geometry.js";

function tab(name) {
  for (const each of ["queue", "suspects"]) {
    find(`#tab-${each}`).setAttribute("aria-selected", String(each === name));
    find(`#panel-${each}`).hidden = each !== name;
  }
}

let searched = null;
async function open() {
  tab("suspects");
  searched ??= suspects.load();
  await searched;
}

export const nextSuspect = () => open().then(() => suspects.next());

export const dismissSuspect = () => suspects.current && attempt(() => suspects.dismiss());

export function followSuspect() {
  const { current } = suspects;
  if (!current || !desk.labels) return;
  const boxes = followed(current, desk.labels.boxes);
  if (!boxes) return adjustSuspect();
  desk.labels.change(boxes);
  suspects.settle();
}

export function adjustSuspect() {
  if (!suspects.current) return;
  desk.suspect = null;
  desk.take("choose");
  find("#canvas").focus();
  notes.show(say("said-adjust"));
}

suspects.addEventListener("open", async ({ detail: suspect }) => {
  desk.suspect = null;
  if (!suspect) return desk.redraw();
  await go(suspect.picture);
  if (desk.labels?.picture !== suspect.picture) return;
  desk.suspect = suspect;
  const at = suspect.label_line == null ? -1 : nearest(suspect, desk.labels.boxes);
  desk.labels.choose(at < 0 ? [] : [desk.labels.boxes[at].id]);
  if (suspect.box) desk.viewer.reveal(bounds(suspect.box));
  desk.redraw();
});
find("#tab-queue").addEventListener("click", () => tab("queue"));
find("#tab-suspects").addEventListener("click", () => attempt(open));
