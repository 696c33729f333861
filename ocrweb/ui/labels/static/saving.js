// What was done is saved as it is done, and what became of it is told; who was overtaken by somebody else chooses.
import { ask } from "./dialogs.js";
import { attempt, desk, find, notes, queue, saver, suspects } from "./parts.js";
import { say } from "./words.js";

const watched = new WeakSet();

export function watch(labels) {
  if (watched.has(labels)) return;
  watched.add(labels);
  labels.addEventListener("edited", () => saver.want(labels));
}

saver.addEventListener("state", async ({ detail: { labels, state, error } }) => {
  if (state === "saved") {
    queue.update(labels.picture, { state: labels.state, boxes: labels.boxes.length, ignored: labels.ignored, tags: labels.tags });
    if (labels === desk.labels) desk.dispatchEvent(new Event("labels"));
    suspects.renew();
  }
  if (labels !== desk.labels && state !== "conflict") return;
  notes.saved(state, error);
  if (state !== "conflict") return;
  const answer = await ask(error.message, say("conflict", { picture: labels.picture }), [
    [say("take-theirs"), "theirs"], [say("keep-mine"), "mine", "plain"],
  ]);
  await attempt(() => (answer === "mine" ? saver.keepMine(labels) : answer === "theirs" ? saver.takeTheirs(labels) : null));
});

// The mark is a button while something is to be decided.
find("#saved").addEventListener("click", () => {
  const work = desk.labels && saver.stateOf(desk.labels);
  if (work?.state === "conflict") saver.dispatchEvent(new CustomEvent("state", { detail: { labels: desk.labels, ...work } }));
  else if (work?.state === "refused") saver.want(desk.labels);
});

addEventListener("beforeunload", (event) => {
  if (saver.open.length) event.preventDefault();
});
