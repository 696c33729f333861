// The pictures of the dataset: which are shown, in which order, and how far one has got.
import { LongList } from "../../viewer/static/list.js";
import { make } from "../../viewer/static/make.js";
import { say } from "./words.js";

const ROW = 60; // CSS pixels
export const OPEN = ["new", "auto", "check"]; // states that wait for a person
const AHEAD = 40e6; // pixels that are opened before they are asked for
const SURE = 0.3; // chance of a wrong label under which a picture may be accepted unseen
const SIGN = { new: "○", auto: "◐", check: "!", checked: "✓", aside: "–" };

const ORDERS = {
  list: null,
  doubt: (one) => -(one.suspicion ?? -1),
  teach: ({ picture }, taught) => taught.get(picture)?.place ?? Infinity,
  boxes: (one) => -one.boxes,
  size: (one) => -one.width * one.height,
  name: null,
};
const FEW = 20; // boxes
const HIGH = 0.5; // chance of a wrong label
const MILLION = 1e6; // pixels
const MORE = {
  "boxes-none": ({ boxes }) => !boxes,
  "boxes-few": ({ boxes }) => boxes > 0 && boxes < FEW,
  "boxes-many": ({ boxes }) => boxes >= FEW,
  "doubt-high": ({ suspicion }) => suspicion >= HIGH,
  "doubt-some": ({ suspicion }) => suspicion > 0 && suspicion < HIGH,
  "doubt-none": ({ suspicion }) => !suspicion,
  "size-small": ({ width, height }) => width * height < MILLION,
  "size-large": ({ width, height }) => width * height >= 8 * MILLION,
};

export class Queue extends EventTarget {
  pictures = [];
  shown = [];
  current = null;
  untouched = 0; // pictures with nothing but a model's labels
  taught = new Map(); // picture → {place, why}: the order in which they teach most, where it was asked for

  constructor(root, thumbnail) {
    super();
    this.root = root;
    this.thumbnail = thumbnail;
    this.list = new LongList(root.querySelector("#queue"), ROW, (one) => this.#row(one));
    this.fields = Object.fromEntries(["search", "state", "order", "finding", "split", "more"].map((name) => [name, root.querySelector(`#queue-${name}`)]));
    for (const field of Object.values(this.fields)) field.addEventListener("input", () => this.filter());
  }

  // The answer of the console.
  take({ pictures, minutes_left, untouched }) {
    this.pictures = pictures;
    this.minutes = minutes_left;
    this.untouched = untouched;
    this.#choices("finding", [...new Set(pictures.flatMap(({ findings }) => findings))].sort(), "any-finding");
    this.#choices("split", [...new Set(pictures.map(({ split }) => split))], "any-split");
    this.filter();
  }

  // Whether a model has looked at the labels.
  get doubted() {
    return this.pictures.some(({ suspicion }) => suspicion !== null);
  }

  // The order in which pictures teach most, and why.
  teach(chosen) {
    this.taught = new Map(chosen.map(({ picture, why }, place) => [picture, { place, why }]));
    this.filter();
  }

  // What is known anew of one picture.
  update(picture, news) {
    const at = this.pictures.findIndex((one) => one.picture === picture);
    if (at < 0) return;
    Object.assign(this.pictures[at], news);
    this.list.set(this.shown);
    this.#progress();
  }

  filter() {
    const { search, state, order, finding, split, more } = this.fields;
    const words = search.value.trim().toLowerCase();
    this.shown = this.pictures.filter((one) =>
      (!words || one.picture.toLowerCase().includes(words) || one.tags.some((tag) => tag.toLowerCase().includes(words)))
      && (!state.value || (state.value === "open" ? OPEN.includes(one.state) : one.state === state.value))
      && (!finding.value || one.findings.includes(finding.value))
      && (!split.value || one.split === split.value)
      && (!more.value || MORE[more.value](one)));
    const rank = ORDERS[order.value];
    if (rank) this.shown = sorted(this.shown, (one) => rank(one, this.taught));
    else if (order.value === "name") this.shown.sort((one, other) => one.picture.localeCompare(other.picture, undefined, { numeric: true }));
    this.list.set(this.shown);
    this.root.querySelector("#queue-empty").hidden = this.shown.length > 0;
    this.#progress();
  }

  point(picture) {
    this.current = picture;
    this.list.set(this.shown);
    const at = this.shown.findIndex((one) => one.picture === picture);
    if (at >= 0) this.list.reveal(at);
  }

  // The picture before or after the current one among those shown.
  beside(by) {
    if (!this.shown.length) return null;
    const at = this.shown.findIndex((one) => one.picture === this.current);
    if (at < 0) return this.shown[0].picture;
    return this.shown[at + by]?.picture ?? null;
  }

  // The pictures that will probably be wanted next, the likeliest first; the first always, the others while they are small.
  near() {
    const at = this.shown.findIndex(({ picture }) => picture === this.current);
    const likely = [this.shown[at + 1], this.shown[at - 1], this.shown[at + 2], this.#neediest()].filter(Boolean);
    let pixels = 0;
    return [...new Set(likely)]
      .filter(({ width, height }, place) => (pixels += width * height) <= AHEAD || !place)
      .map(({ picture }) => picture);
  }

  // The one that most needs eyes.
  uncertain = () => this.#neediest()?.picture ?? null;

  #neediest() {
    const waiting = this.shown.filter((one) => OPEN.includes(one.state) && one.picture !== this.current);
    const need = (one) => (one.suspicion ?? 0) + (one.findings.length ? 0.5 : 0) + (one.state === "check" ? 0.25 : 0);
    return waiting.toSorted((one, other) => need(other) - need(one))[0];
  }

  // Shown pictures that a model labelled and nothing speaks against.
  sure() {
    return this.shown
      .filter((one) => one.state === "auto" && !one.findings.length && (one.suspicion ?? 0) < SURE)
      .map(({ picture }) => picture);
  }

  #choices(name, values, all) {
    const field = this.fields[name], chosen = field.value;
    field.replaceChildren(make("option", { value: "", text: say(all) }),
      ...values.map((value) => make("option", { value, text: name === "split" ? say(`split-${value}`) : broken(value) })));
    field.value = values.includes(chosen) ? chosen : "";
    field.hidden = values.length < (name === "split" ? 2 : 1);
  }

  #progress() {
    const done = this.pictures.filter(({ state }) => state === "checked").length;
    const counted = this.pictures.filter(({ state }) => state !== "aside").length;
    const bar = this.root.querySelector("#progress");
    bar.max = Math.max(counted, 1);
    bar.value = done;
    const minutes = this.minutes == null ? "" : say("minutes-left", { minutes: Math.max(1, Math.ceil(this.minutes)) });
    this.root.querySelector("#progress-words").textContent = say("progress", { done, total: counted }) + (done < counted ? minutes : "");
    const sure = this.sure().length, accept = this.root.querySelector("#accept-sure");
    accept.hidden = !sure;
    accept.textContent = say("accept-sure", { count: sure });
    const checked = this.pictures.filter(({ state, split }) => state === "checked" && split === "train").length;
    this.dispatchEvent(new CustomEvent("counted", { detail: { checked, untouched: this.untouched } }));
  }

  #row(one) {
    const name = one.picture.split("/").at(-1);
    const facts = one.width ? say("count-boxes", { count: one.boxes }) : say("broken");
    const why = this.fields.order.value === "teach" && this.taught.get(one.picture)?.why;
    const doubt = why ? why : one.suspicion >= 0.5 ? say("doubt", { percent: Math.round(one.suspicion * 100) }) : one.width && one.findings.length ? broken(one.findings[0]) : "";
    const row = make("button", {
      class: `row ${one.picture === this.current ? "current" : ""}`, type: "button", "data-picture": one.picture,
      "data-state": one.state, "aria-current": one.picture === this.current ? "true" : null,
      title: why ? `${one.picture}: ${why}` : one.picture, click: () => this.dispatchEvent(new CustomEvent("open", { detail: one.picture })),
    },
      make("span", { class: "thumb" }),
      make("span", { class: "what" }, make("b", { text: name }), make("small", { text: [facts, doubt].filter(Boolean).join(" · ") })),
      make("span", { class: `state ${one.state}`, title: say(`state-${one.state}`), "aria-label": say(`state-${one.state}`), text: SIGN[one.state] ?? "?" }));
    if (one.width) this.thumbnail(one, row.firstChild);
    return row;
  }
}

// What a rule that is broken says. rule: `label.too-few`.
const broken = (rule) => say(`finding-${rule.replace(".", "-")}`);

// By a number, the lowest first; those of which none is known stay behind in the order of the list.
function sorted(some, rank) {
  const known = some.map((one) => [rank(one), one]);
  return known.sort(([one], [other]) => (one === other ? 0 : one - other)).map(([, one]) => one);
}
