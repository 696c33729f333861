// Which pictures to label first: the console is asked when that order is chosen, and looks at all of them for it.
import { api, attempt, find, notes, queue } from "./parts.js";
import { say } from "./words.js";

const PAUSE = 1500; // milliseconds between looks while it is being found

let asking = false;

async function ask() {
  if (asking || queue.taught.size) return;
  asking = true;
  notes.show(say("teach-searching"), true);
  for (;;) {
    const answer = await attempt(() => api.choose());
    if (!answer) break;
    if (answer.status !== 202) {
      queue.teach(answer.chosen);
      notes.show(say("teach-found", { count: answer.chosen.length }));
      break;
    }
    if (answer.total) notes.show(say("teach-progress", { done: answer.done, total: answer.total }), true);
    await new Promise((wake) => setTimeout(wake, PAUSE));
  }
  asking = false;
}

find("#queue-order").addEventListener("input", ({ target }) => target.value === "teach" && ask());
