// The editor: what is on the page, wired together.
import { Api } from "./api.js";
import { Desk } from "./desk.js";
import { showHistory, showKeys, ask } from "./dialogs.js";
import { intoWords } from "./into_words.js";
import { keyOf, listenToKeys, shownKey } from "./keys.js";
import { Notes } from "./notes.js";
import { Opened } from "./opened.js";
import { Queue, OPEN } from "./queue.js";
import { Saver } from "./saver.js";
import { closeSheets } from "./sheets.js";
import { followed, nearest, Suspects } from "./suspects.js";
import { BoxTable } from "./table.js";
import { Thresholds } from "./thresholds.js";
import { Thumbnails } from "./thumbnails.js";
import { fill, say } from "./words.js";

const find = (selector) => document.querySelector(selector);
const address = new URL(location);
const api = new Api(address.searchParams.get("dataset") ?? "");
fill(document);
const notes = new Notes(find("#live"), find("#note"), find("#saved"));
const desk = new Desk(find("#canvas"), api, notes.say);
const saver = new Saver(api);
const thumbnails = new Thumbnails(api);
const queue = new Queue(find("#left"), (one, place) => thumbnails.put(one, place));
const table = new BoxTable(find("#box-list"));
const suspects = new Suspects(find("#left"), api);
const thresholds = new Thresholds(find("#thresholds"), (settings) => api.propose(desk.labels.picture, settings));
const opened = new Opened(api, saver);
let before = null; // the picture shown before this one, to copy boxes from

const deeds = desk.deeds;
const picked = () => desk.labels?.chosen.size > 0;
const STEP = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const DO = {
  next: () => go(queue.beside(1)),
  previous: () => go(queue.beside(-1)),
  uncertain: () => go(queue.uncertain()),
  accept: () => (desk.tool.finish?.() ? undefined : judge("checked")),
  aside: () => judge("aside"),
  check: () => judge("check", false),
  copy: () => (before ? deeds.copy(before) : notes.say(say("said-nothing-to-copy"))),
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
  undo: () => notes.say(say(desk.labels.undo() ? "said-undone" : "said-nothing-undone", counts())),
  redo: () => notes.say(say(desk.labels.redo() ? "said-redone" : "said-nothing-redone", counts())),
  nudge: (event) => (picked() ? deeds.nudge(...STEP[event.key]) : desk.viewer.pan(...STEP[event.key].map((by) => -60 * by))),
  "nudge-far": (event) => picked() && deeds.nudge(...STEP[event.key].map((by) => 10 * by)),
  stretch: (event) => (picked() ? deeds.stretch(...STEP[event.key].map((by) => 2 * by)) : false),
  "zoom-in": () => desk.viewer.zoom(1.25),
  "zoom-out": () => desk.viewer.zoom(0.8),
  fit: () => desk.viewer.fit(),
  actual: () => desk.viewer.actual(),
  thresholds: () => toggleThresholds(),
  escape: () => escape(),
  help: () => showKeys(),
  "suspect-next": () => openSuspects().then(() => suspects.next()),
  "suspect-accept": () => followSuspect(),
  "suspect-adjust": () => suspects.current && adjustSuspect(),
  "suspect-dismiss": () => suspects.current && attempt(() => suspects.dismiss()),
};
// What works without a picture on the desk.
const ALWAYS = new Set(["next", "previous", "uncertain", "help", "suspect-next", "suspect-dismiss", "escape"]);

function run(deed, event) {
  if (!desk.labels && !ALWAYS.has(deed)) return false;
  return DO[deed](event);
}

const counts = () => ({ count: desk.labels.boxes.length });

async function attempt(work) {
  try {
    return await work();
  } catch (failure) {
    notes.trouble(failure);
    return null;
  }
}

// Show a picture. past: the address has it already, as after Back.
async function go(picture, past = false) {
  if (!picture) return notes.say(say("said-no-more"));
  if (picture === desk.labels?.picture) return;
  const start = performance.now();
  opened.wanted = picture;
  queue.point(picture);
  if (!past) {
    address.searchParams.set("picture", picture);
    history.pushState(null, "", address);
  }
  const shown = await attempt(() => opened.get(picture));
  if (opened.wanted !== picture) return; // another was asked for meanwhile
  notes.clear();
  if (!shown) return unshow(picture);
  if (desk.labels && desk.labels !== shown.labels) before = desk.labels;
  put(shown);
  performance.measure("picture shown", { start });
  const { labels } = shown;
  notes.say(say("said-opened", { picture, state: say(`state-${labels.state}`), count: labels.boxes.length }));
  opened.ahead([queue.beside(1), queue.beside(-1)]);
}

function put({ labels, picture }, keep = false) {
  watch(labels);
  desk.detections = null;
  desk.show(labels, picture, keep);
  find("#picture-name").textContent = labels.picture;
  find("#canvas").setAttribute("aria-label", say("canvas", { picture: labels.picture }));
  find("#canvas").dataset.picture = labels.picture;
  find("#tags").value = (labels.tags ?? []).join(", ");
  document.title = `${labels.picture.split("/").at(-1)} · ${api.dataset}`;
  thresholds.renew();
  const { state, error } = saver.stateOf(labels);
  notes.saved(state, error);
}

// A picture that cannot be opened keeps its place, with the reason in view.
function unshow(picture) {
  const { failure } = opened;
  find("#picture-name").textContent = picture;
  desk.clear();
  table.clear();
  notes.trouble(failure);
}

const watched = new WeakSet();
function watch(labels) {
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
find("#saved").addEventListener("click", () => {
  const work = desk.labels && saver.stateOf(desk.labels);
  if (work?.state === "conflict") saver.dispatchEvent(new CustomEvent("state", { detail: { labels: desk.labels, ...work } }));
  else if (work?.state === "refused") saver.want(desk.labels);
});

// Say how far one has looked; the next picture that waits comes.
async function judge(state, onward = true) {
  const { labels } = desk;
  const next = onward ? queue.beside(1) : null;
  saver.want(labels, { state });
  queue.update(labels.picture, { state });
  notes.say(say("said-state", { state: say(`state-${state}`) }));
  find("#state").textContent = say(`state-${state}`);
  if (next) await go(next);
  attempt(renewProgress);
}

let renewing = null;
async function renewProgress() {
  clearTimeout(renewing);
  renewing = setTimeout(async () => {
    const answer = await attempt(() => api.pictures());
    if (answer && !saver.anyOpen) queue.take(answer);
    queue.point(opened.wanted);
  }, 800);
}

function writeText() {
  if (!desk.labels.chosen.size) return notes.say(say("said-choose-first"));
  if (innerWidth < 900 && !find("#right").classList.contains("open")) find("#sheet-boxes").click();
  find("#text").focus();
  find("#text").select();
}

function snap(on) {
  desk.snapping = on;
  for (const button of document.querySelectorAll("[data-deed=toggle-snap]")) button.setAttribute("aria-pressed", String(on));
  notes.say(say(on ? "said-snap-on" : "said-snap-off"));
}

function toggleThresholds() {
  thresholds.toggle();
  find("[data-deed=thresholds]").setAttribute("aria-pressed", String(thresholds.open));
}

function escape() {
  if (document.activeElement.matches("input, select")) find("#canvas").focus();
  else if (desk.toolName !== "choose") desk.take("choose");
  else if (desk.labels) desk.labels.choose([]);
  closeSheets();
}

function tab(name) {
  for (const each of ["queue", "suspects"]) {
    find(`#tab-${each}`).setAttribute("aria-selected", String(each === name));
    find(`#panel-${each}`).hidden = each !== name;
  }
}

let searched = null;
async function openSuspects() {
  tab("suspects");
  searched ??= suspects.load();
  await searched;
}

suspects.addEventListener("open", async ({ detail: suspect }) => {
  desk.suspect = null;
  if (!suspect) return desk.redraw();
  await go(suspect.picture);
  if (desk.labels?.picture !== suspect.picture) return;
  desk.suspect = suspect;
  const at = suspect.label_line == null ? -1 : nearest(suspect, desk.labels.boxes);
  desk.labels.choose(at < 0 ? [] : [desk.labels.boxes[at].id]);
  if (suspect.box) desk.viewer.reveal(boundsOf(suspect.box));
  desk.redraw();
});
const boundsOf = (points) => ({
  left: Math.min(...points.map(([x]) => x)), right: Math.max(...points.map(([x]) => x)),
  top: Math.min(...points.map(([, y]) => y)), bottom: Math.max(...points.map(([, y]) => y)),
});

function followSuspect() {
  const { current } = suspects;
  if (!current || !desk.labels) return;
  const boxes = followed(current, desk.labels.boxes);
  if (!boxes) return adjustSuspect();
  desk.labels.change(boxes);
  suspects.settle();
}

function adjustSuspect() {
  desk.suspect = null;
  desk.take("choose");
  find("#canvas").focus();
  notes.show(say("said-adjust"));
}

// --- the page's own parts

for (const button of document.querySelectorAll("[data-deed]")) {
  const { deed } = button.dataset, key = keyOf(deed);
  if (!button.textContent.trim() || button.closest("#zoom, #foot") || button.matches(".narrow")) button.setAttribute("aria-label", say(`do-${deed}`));
  button.title = `${say(`do-${deed}`)}${key ? ` (${shownKey(key)})` : ""}`;
  button.addEventListener("click", (event) => {
    run(deed, event);
    if (!["text", "help"].includes(deed) && event.detail && !button.closest("#left")) find("#canvas").focus({ preventScroll: true });
  });
}
listenToKeys(run);

desk.addEventListener("tool", () => {
  for (const name of Object.keys(desk.tools)) find(`[data-deed=tool-${name}]`).setAttribute("aria-pressed", String(name === desk.toolName));
});
desk.addEventListener("hover", ({ detail }) => table.hover(detail));
desk.addEventListener("text", writeText);
desk.addEventListener("nothing", () => notes.show(say("said-nothing-there")));
desk.addEventListener("trouble", ({ detail }) => notes.trouble(detail));
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
desk.viewer.addEventListener("drawn", () => {
  find("#scale").textContent = `${Math.round(desk.viewer.view.scale * desk.viewer.density * 100)} %`;
});

table.addEventListener("hover", ({ detail }) => desk.hover(detail));
table.addEventListener("text", writeText);
table.addEventListener("choose", ({ detail: { box, more } }) => {
  desk.labels.choose(more ? [...desk.labels.chosen, box.id] : [box.id]);
  desk.revealChosen();
});
find("#text").addEventListener("change", ({ target }) => {
  const [one] = desk.labels.chosenBoxes;
  if (one) deeds.write(one.id, target.value.trim());
});
find("#text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing) find("#canvas").focus();
});
find("#is-ignored").addEventListener("change", () => deeds.ignore());
find("#tags").addEventListener("change", ({ target }) => {
  const tags = [...new Set(target.value.split(/[,，、]/).map((tag) => tag.trim()).filter(Boolean))];
  saver.want(desk.labels, { tags });
});
for (const box of document.querySelectorAll("[data-layer]"))
  box.addEventListener("change", () => {
    desk.layers[box.dataset.layer] = box.checked;
    desk.redraw();
  });
thresholds.addEventListener("boxes", () => {
  desk.detections = thresholds.boxes;
  desk.redraw();
});
thresholds.addEventListener("use", () => deeds.replaceAll(thresholds.boxes.map(({ points }) => points)));

queue.addEventListener("open", ({ detail }) => {
  closeSheets();
  go(detail);
});
find("#accept-sure").addEventListener("click", async () => {
  const pictures = queue.sure();
  const answer = await ask(say("accept-sure", { count: pictures.length }), say("accept-sure-question"), [
    [say("accept-sure", { count: pictures.length }), "yes"], [say("close"), null, "plain"],
  ]);
  if (answer !== "yes" || !(await attempt(() => api.accept(pictures)))) return;
  opened.forget(pictures);
  for (const picture of pictures) queue.update(picture, { state: "checked" });
  attempt(renewProgress);
});
find("#tab-queue").addEventListener("click", () => tab("queue"));
find("#tab-suspects").addEventListener("click", () => attempt(openSuspects));
find("#open-help").addEventListener("click", showKeys);
find("#open-history").addEventListener("click", async () => {
  const { labels } = desk;
  const answer = labels && (await attempt(() => api.history(labels.picture)));
  if (!answer || (await showHistory(answer.history, labels.changed)) !== "restore") return;
  await saver.settled(labels);
  const restored = await attempt(() => api.restore(labels.picture));
  if (!restored) return;
  labels.take(restored);
  notes.show(say("said-restored"));
  queue.update(labels.picture, { state: restored.state, boxes: labels.boxes.length });
});
find("#dataset").textContent = api.dataset;
const theme = sessionStorage.getItem("ocrweb-theme");
if (theme) find("#back").href += `?__theme=${encodeURIComponent(theme)}`;

addEventListener("popstate", () => {
  address.search = location.search;
  go(address.searchParams.get("picture"), true);
});
addEventListener("beforeunload", (event) => {
  if (saver.anyOpen) event.preventDefault();
});

const listed = await attempt(() => api.pictures());
if (listed) {
  queue.take(listed);
  const asked = address.searchParams.get("picture");
  const first = listed.pictures.find(({ state }) => OPEN.includes(state)) ?? listed.pictures[0];
  if (asked || first) {
    if (!asked) {
      address.searchParams.set("picture", first.picture);
      history.replaceState(null, "", address);
    }
    await go(asked ?? first.picture, true);
  } else notes.show(say("no-pictures"));
}
document.body.dataset.ready = "true";
