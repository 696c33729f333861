// Labels that are probably wrong: a list to walk through, each with one key to follow, look into or dismiss.
import { ApiError } from "./api.js";
import { LongList } from "../../viewer/static/list.js";
import { make } from "../../viewer/static/make.js";
import { say } from "./words.js";

const ROW = 44; // CSS pixels
const PAUSE = 1500; // milliseconds between looks while they are being searched
const LIKELY = 0.5; // chance of a wrong label from which it is more likely than not

const corners = (box) => [0, 2, 4, 6].map((i) => [box[i], box[i + 1]]);
const listed = (answered) => answered.map((one) => ({ ...one, box: one.box && corners(one.box) }));

export class Suspects extends EventTarget {
  items = [];
  current = null;

  constructor(root, api) {
    super();
    this.root = root;
    this.api = api;
    this.list = new LongList(root.querySelector("#suspect-list"), ROW, (one) => this.#row(one));
    this.words = root.querySelector("#suspect-words");
  }

  // Ask for the list, and again while it is being made. Whether it is there now.
  async load() {
    if (this.loading) return false;
    this.loading = true;
    this.words.textContent = say("suspects-searching");
    try {
      for (;;) {
        const answer = await this.api.suspects();
        if (answer.status !== 202) {
          this.items = listed(answer.suspects);
          break;
        }
        if (answer.total) this.words.textContent = say("suspects-progress", { done: answer.done, total: answer.total });
        await new Promise((wake) => setTimeout(wake, PAUSE));
      }
      this.#show();
      return true;
    } catch (failure) {
      this.words.textContent = failure instanceof ApiError ? `${failure.message} ${failure.hint}` : say("lost");
      return false;
    } finally {
      this.loading = false;
    }
  }

  // Labels were changed: what is no suspect any more leaves the list.
  async renew() {
    if (this.loading || !this.items.length) return;
    const answer = await this.api.suspects().catch(() => null);
    if (!answer || answer.status === 202) return;
    const name = ({ picture, kind, box, of }) => JSON.stringify([picture, kind, box, of]);
    const open = this.current && name(this.current);
    // the open one stays the very same: a key may be at work on it
    this.items = listed(answer.suspects).map((one) => (name(one) === open ? this.current : one));
    if (!this.items.includes(this.current)) this.current = null;
    this.#show();
  }

  next() {
    const at = this.items.indexOf(this.current);
    const one = this.items[at + 1] ?? this.items[0];
    if (one) this.open(one);
    return Boolean(one);
  }

  open(one) {
    this.current = one;
    this.#show();
    this.list.reveal(this.items.indexOf(one));
    this.dispatchEvent(new CustomEvent("open", { detail: one }));
  }

  // The current one is settled: it leaves the list, and the next is opened.
  settle() {
    const at = this.items.indexOf(this.current);
    this.items = this.items.filter((one) => one !== this.current);
    const next = this.items[at] ?? this.items[0] ?? null;
    this.current = null;
    this.#show();
    if (next) this.open(next);
    else this.dispatchEvent(new CustomEvent("open", { detail: null }));
  }

  async dismiss() {
    const { picture, kind, box, of } = this.current;
    await this.api.dismiss([{ picture, kind, box: box && box.flat(), ...(of && { of }) }]);
    this.settle();
  }

  #show() {
    this.list.set(this.items);
    const likely = this.items.filter(({ score }) => score >= LIKELY).length;
    this.words.textContent = this.items.length ? say("suspects-left", { count: this.items.length, likely }) : say("suspects-none");
    this.root.querySelector("#suspect-deeds").hidden = !this.current;
  }

  #row(one) {
    return make("button", {
      class: `row suspect ${one === this.current ? "current" : ""}`, type: "button", click: () => this.open(one), title: one.picture,
    },
      make("span", { class: "what" }, make("b", { text: say(`suspect-${one.kind}`) }), make("small", { text: one.picture.split("/").at(-1) })),
      make("span", { class: "score", text: `${Math.round(one.score * 100)} %` }));
  }
}
