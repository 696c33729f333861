// Labels that are probably wrong: opened one after the other, followed, adjusted or dismissed by a key.
import { ASKS_MODEL, followed, nearest } from "./followed.js";
import { go } from "./going.js";
import { judge } from "./judging.js";
import { api, attempt, desk, find, notes, queue, suspects } from "./parts.js";
import { say } from "./words.js";
import { bounds } from "../../viewer/static/geometry.js";

function tab(name) {
  for (const each of ["queue", "suspects"]) {
    find(`#tab-${each}`).setAttribute("aria-selected", String(each === name));
    find(`#panel-${each}`).hidden = each !== name;
  }
}

// The list of suspects, searched for once; by it the queue knows of each picture how doubtful it is.
let searched = null;
async function search() {
  searched ??= suspects.load();
  const found = await searched;
  if (!found) searched = null;
  const answer = found && !queue.doubted && (await attempt(() => api.pictures()));
  if (answer) queue.take(answer);
  return found;
}

async function open() {
  tab("suspects");
  await search();
}

// Pictures in the order of their doubts, or by them, before a model has looked.
async function searchFor({ target }) {
  if (!target.value.startsWith("doubt") || queue.doubted) return;
  notes.show(say("suspects-searching"), true);
  const found = await search();
  if (found) notes.clear();
  else notes.show(find("#suspect-words").textContent);
}
for (const name of ["order", "more"]) find(`#queue-${name}`).addEventListener("input", searchFor);

export const nextSuspect = () => open().then(() => suspects.next());

export const dismissSuspect = () => suspects.current && attempt(() => suspects.dismiss());

// As the suspicion says: what there is instead, where need be, the model is asked for; of a picture that stands in both parts
// the one to train on is set aside.
export async function followSuspect() {
  const { current } = suspects, { labels } = desk;
  if (!current || !labels) return;
  if (current.kind === "duplicate") {
    await go(current.of);
    if (desk.labels?.picture !== current.of || suspects.current !== current) return;
    judge("aside", false);
    return dismissSuspect();
  }
  const answer = ASKS_MODEL.has(current.kind) ? await attempt(() => api.propose(labels.picture, {})) : { boxes: [] };
  if (!answer || labels !== desk.labels || suspects.current !== current) return;
  const boxes = followed(current, labels.boxes, answer.boxes.map(({ points }) => points));
  if (!boxes) return adjustSuspect();
  labels.change(boxes.map((box) => (labels.boxes.includes(box) ? box : { ...box, points: desk.deeds.settle(box.points) })));
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
