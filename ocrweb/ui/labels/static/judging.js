// How far one has looked: one picture, a page of sure ones, and back to what came with the dataset.
import { ask, showHistory } from "./dialogs.js";
import { go } from "./going.js";
import { api, attempt, desk, find, notes, opened, queue, saver } from "./parts.js";
import { closeSheets } from "./sheets.js";
import { say } from "./words.js";

const CALM = 800; // milliseconds after which the list is asked for anew

// onward: the next picture that waits comes.
export async function judge(state, onward = true) {
  const { labels } = desk;
  const next = onward ? queue.beside(1) : null;
  saver.want(labels, { state });
  queue.update(labels.picture, { state });
  notes.say(say("said-state", { state: say(`state-${state}`) }));
  find("#state").textContent = say(`state-${state}`);
  if (next) await go(next);
  renewProgress();
}

let renewing = null;
function renewProgress() {
  clearTimeout(renewing);
  renewing = setTimeout(async () => {
    const answer = await attempt(() => api.pictures());
    if (answer && !saver.open.length) queue.take(answer);
    queue.point(opened.wanted);
  }, CALM);
}

async function acceptSure() {
  const pictures = queue.sure();
  const answer = await ask(say("accept-sure", { count: pictures.length }), say("accept-sure-question"), [
    [say("accept-sure", { count: pictures.length }), "yes"], [say("close"), null, "plain"],
  ]);
  if (answer !== "yes" || !(await attempt(() => api.accept(pictures)))) return;
  opened.forget(pictures);
  for (const picture of pictures) queue.update(picture, { state: "checked" });
  renewProgress();
}

async function restore() {
  const { labels } = desk;
  const answer = labels && (await attempt(() => api.history(labels.picture)));
  if (!answer || (await showHistory(answer.history, labels.changed)) !== "restore") return;
  await saver.settled(labels);
  const restored = await attempt(() => api.restore(labels.picture));
  if (!restored) return;
  labels.take(restored);
  notes.show(say("said-restored"));
  queue.update(labels.picture, { state: restored.state, boxes: labels.boxes.length });
}

queue.addEventListener("open", ({ detail }) => {
  closeSheets();
  go(detail);
});
find("#accept-sure").addEventListener("click", acceptSure);
find("#open-history").addEventListener("click", restore);
