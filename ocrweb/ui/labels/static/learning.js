// A model learns from the checked pictures while one goes on, and draws anew those that nobody has touched.
import { ask } from "./dialogs.js";
import { api, attempt, find, notes, opened, queue, saver, thresholds } from "./parts.js";
import { say } from "./words.js";

const PAUSE = 1500; // milliseconds between looks
const LEAST = 10; // checked pictures to train on; `services/training/learning.py`
const AT_WORK = new Set(["preparing", "queued", "learning", "learnt", "proposing"]);
const button = find("#learn"), words = find("#learn-words"), forAll = find("#use-for-all");

let state = "none"; // of the loop, as the console tells it
let watching = false;
let counted = { checked: 0, untouched: 0 };

function show() {
  button.hidden = AT_WORK.has(state) || counted.checked < LEAST || !counted.untouched;
  button.textContent = say("learn", { checked: counted.checked, untouched: counted.untouched });
  forAll.hidden = AT_WORK.has(state) || !counted.untouched;
  forAll.textContent = say("use-for-all", counted);
}

function tell(answer) {
  const { pictures, done, total, seconds, renewed } = answer;
  state = answer.state;
  words.hidden = state === "none";
  const minutes = seconds == null ? "" : say("learn-left", { minutes: Math.max(1, Math.ceil(seconds / 60)) });
  words.textContent = state === "none" ? "" : say(`learn-${state}`, { pictures, done, total, renewed }) + (state === "learning" ? minutes : "");
  show();
}

// The pictures that stay as they are: the one that is looked at, and those whose last change is still on its way.
const inWork = () => [...new Set([opened.wanted, ...saver.open.map(({ picture }) => picture)])].filter(Boolean);

// Look until there is nothing to wait for. What was learnt is put to use at once: it was asked for.
export async function watchLearning() {
  if (watching) return;
  watching = true;
  for (let last = state; ; ) {
    const answer = await attempt(() => (state === "learnt" ? api.proposeAnew(inWork()) : api.learning()));
    if (!answer) {
      state = "none";
      show();
      break;
    }
    tell(answer);
    if (last === "proposing" && state === "done") await renew();
    last = state;
    if (!AT_WORK.has(state)) break;
    if (state !== "learnt") await new Promise((wake) => setTimeout(wake, PAUSE));
  }
  watching = false;
}

// The list, and what was opened before, as they are now.
async function renew() {
  const answer = await attempt(() => api.pictures());
  if (!answer) return;
  await opened.forgetProposed();
  queue.take(answer);
  queue.point(opened.wanted);
  notes.show(words.textContent);
}

queue.addEventListener("counted", ({ detail }) => {
  counted = detail;
  show();
});
forAll.addEventListener("click", async () => {
  const title = say("use-for-all", counted);
  const answer = await ask(title, say("use-for-all-question"), [[title, "yes"], [say("close"), null, "plain"]]);
  const begun = answer === "yes" && (await attempt(() => api.proposeAnew(inWork(), thresholds.settings)));
  if (!begun) return;
  tell(begun);
  watchLearning();
});
button.addEventListener("click", async () => {
  const title = say("learn", counted);
  const answer = await ask(title, say("learn-question", counted), [[say("learn-now"), "yes"], [say("close"), null, "plain"]]);
  if (answer !== "yes") return;
  const begun = await attempt(() => api.learn());
  if (!begun) return;
  tell(begun);
  watchLearning();
});
