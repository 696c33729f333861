// The editor: what each key and each button does.
import { showKeys } from "./dialogs.js";
import { adjustSuspect, dismissSuspect, followSuspect, nextSuspect } from "./doubting.js";
import { begin, copyBefore, go } from "./going.js";
import { intoWords } from "./into_words.js";
import { judge } from "./judging.js";
import { keyOf, listenToKeys, shownKey } from "./keys.js";
import { watchLearning } from "./learning.js";
import { writeText } from "./panel.js";
import { api, attempt, desk, find, notes, queue } from "./parts.js";
import { closeSheets } from "./sheets.js";
import { snap, toggleMap, toggleThresholds } from "./stage.js";
import "./teaching.js";
import { say } from "./words.js";

const { deeds } = desk;
const picked = () => desk.labels?.chosen.size > 0;
const counts = () => ({ count: desk.labels.boxes.length });
const STEP = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const DO = {
  next: () => go(queue.beside(1)),
  previous: () => go(queue.beside(-1)),
  uncertain: () => go(queue.uncertain()),
  accept: () => (desk.tool.finish?.() ? undefined : judge("checked")),
  aside: () => judge("aside"),
  check: () => judge("check", false),
  copy: () => copyBefore(),
  ...Object.fromEntries(["choose", "box", "corners", "polygon", "split", "find"].map((name) => [`tool-${name}`, () => desk.take(name)])),
  "toggle-snap": () => snap(!desk.snapping),
  "box-next": () => deeds.step(1),
  "box-previous": () => deeds.step(-1),
  "box-new": () => deeds.addInView(),
  all: () => deeds.all(),
  delete: () => deeds.remove(),
  ignore: () => deeds.ignore(),
  text: () => writeText(),
  join: () => deeds.join(),
  halve: () => deeds.halve(),
  words: () => attempt(() => intoWords(desk, api)),
  "turn-right": () => deeds.turn(1),
  "turn-left": () => deeds.turn(-1),
  undo: () => (desk.labels.undo() ? notes.say(say("said-undone", counts())) : notes.refuse(say("said-nothing-undone"))),
  redo: () => (desk.labels.redo() ? notes.say(say("said-redone", counts())) : notes.refuse(say("said-nothing-redone"))),
  nudge: (event) => (picked() ? deeds.nudge(...STEP[event.key]) : desk.viewer.pan(...STEP[event.key].map((by) => -60 * by))),
  "nudge-far": (event) => picked() && deeds.nudge(...STEP[event.key].map((by) => 10 * by)),
  stretch: (event) => (picked() ? deeds.stretch(...STEP[event.key].map((by) => 2 * by)) : false),
  "zoom-in": () => desk.viewer.zoom(1.25),
  "zoom-out": () => desk.viewer.zoom(0.8),
  fit: () => desk.viewer.fit(),
  actual: () => desk.viewer.actual(),
  thresholds: () => toggleThresholds(),
  map: () => toggleMap(),
  escape: () => escape(),
  help: () => showKeys(),
  "suspect-next": () => nextSuspect(),
  "suspect-accept": () => followSuspect(),
  "suspect-adjust": () => adjustSuspect(),
  "suspect-dismiss": () => dismissSuspect(),
};
// What works without a picture on the desk.
const ALWAYS = new Set(["next", "previous", "uncertain", "help", "suspect-next", "suspect-dismiss", "escape"]);

function run(deed, event) {
  if (!desk.labels && !ALWAYS.has(deed)) return false;
  return DO[deed](event);
}

function escape() {
  if (document.activeElement.matches("input, select")) find("#canvas").focus();
  else if (desk.toolName !== "choose") desk.take("choose");
  else if (desk.labels) desk.labels.choose([]);
  closeSheets();
}

for (const button of document.querySelectorAll("[data-deed]")) {
  const { deed } = button.dataset, key = keyOf(deed);
  if (!button.textContent.trim() || (button.closest("#zoom, #foot") && !/\d/.test(button.textContent)) || button.matches(".narrow")) button.setAttribute("aria-label", say(`do-${deed}`));
  button.title = `${say(`do-${deed}`)}${key ? ` (${shownKey(key)})` : ""}`;
  button.addEventListener("click", (event) => {
    run(deed, event);
    if (!["text", "help"].includes(deed) && event.detail && !button.closest("#left")) find("#canvas").focus({ preventScroll: true });
  });
}
listenToKeys(run);

find("#open-help").addEventListener("click", showKeys);
find("#dataset").textContent = api.dataset;
const theme = sessionStorage.getItem("ocrweb-theme");
const inConsole = (more) =>
  `../?${new URLSearchParams({ ...(theme ? { __theme: theme } : {}), tab: "datasets", dataset: api.dataset, ...more })}`;
find("#back").href = inConsole({});
find("#train").href = inConsole({ then: "train" }); // `ui/page/press.js` goes on

const listed = await attempt(() => api.pictures());
if (listed) {
  queue.take(listed);
  await begin(listed);
  watchLearning();
}
document.body.dataset.ready = "true";
