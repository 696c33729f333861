// From picture to picture: the one that is asked for comes onto the desk, or the reason why it cannot.
import { address, api, attempt, desk, find, notes, opened, queue, saver, table, thresholds } from "./parts.js";
import { OPEN } from "./queue.js";
import { watch } from "./saving.js";
import { say } from "./words.js";

let before = null; // the picture shown before this one, to copy boxes from

// past: the address has it already, as after Back.
export async function go(picture, past = false) {
  if (!picture) return notes.refuse(say("said-no-more"));
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
  opened.ahead(queue.near());
  follow(labels);
}

// The boxes of the person's way come onto the desk, unless they have begun by themselves.
async function follow(labels) {
  const outlines = await opened.proposal(labels);
  const begun = labels !== desk.labels || labels.history.canUndo || labels.history.canRedo || labels.changed || saver.isOpen(labels);
  if (outlines && !begun && OPEN.includes(labels.state)) desk.deeds.follow(outlines);
}

// Who has come here first copies from the picture that the list has before this one.
export async function copyBefore() {
  const { labels } = desk, beside = queue.beside(-1);
  const from = before ?? (beside && (await attempt(() => opened.labels(beside))));
  if (labels !== desk.labels) return;
  if (from) desk.deeds.copy(from);
  else notes.refuse(say("said-nothing-to-copy"));
}

// The picture that the address names, or the first that waits for a person.
export async function begin({ pictures }) {
  const asked = address.searchParams.get("picture");
  const first = asked ?? (pictures.find(({ state }) => OPEN.includes(state)) ?? pictures[0])?.picture;
  if (!first) return notes.show(say("no-pictures"));
  if (!asked) {
    address.searchParams.set("picture", first);
    history.replaceState(null, "", address);
  }
  await go(first, true);
}

function put({ labels, picture }) {
  watch(labels);
  desk.detections = null;
  desk.show(labels, picture);
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

addEventListener("popstate", () => {
  address.search = location.search;
  go(address.searchParams.get("picture"), true);
});
