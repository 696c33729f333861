// The boxes of the picture as a table: a row and its box point at each other.
import { LongList } from "../../viewer/static/list.js";
import { make } from "../../viewer/static/make.js";
import { say } from "./words.js";

const ROW = 34; // CSS pixels

export class BoxTable extends EventTarget {
  constructor(frame) {
    super();
    this.hovered = null;
    this.list = new LongList(frame, ROW, (box, index) => this.#row(box, index));
  }

  take(labels) {
    this.labels = labels;
    this.list.set(labels.boxes);
    const first = labels.boxes.findIndex(({ id }) => labels.chosen.has(id));
    if (first >= 0) this.list.reveal(first);
  }

  clear() {
    this.list.set([]);
  }

  hover(id) {
    this.hovered = id;
    for (const [index, row] of this.list.shown) row.classList.toggle("pointed", this.list.items[index].id === id);
  }

  #row(box, index) {
    const chosen = this.labels.chosen.has(box.id);
    const words = box.text || (box.ignored ? say("ignored-box") : "");
    const kind = box.points.length > 4 ? say("polygon", { count: box.points.length }) : "";
    return make("button", {
      class: `box ${chosen ? "chosen" : ""} ${box.ignored ? "ignored" : ""}`, type: "button",
      "aria-pressed": String(chosen), "data-index": index,
      click: (event) => this.dispatchEvent(new CustomEvent("choose", { detail: { box, more: event.shiftKey || event.ctrlKey || event.metaKey } })),
      dblclick: () => this.dispatchEvent(new CustomEvent("text", { detail: box })),
      pointerenter: () => this.dispatchEvent(new CustomEvent("hover", { detail: box.id })),
      pointerleave: () => this.dispatchEvent(new CustomEvent("hover", { detail: null })),
    },
      make("i", { text: index + 1 }),
      make("span", { class: words ? "" : "quiet", text: words || say("no-text") }),
      make("small", { text: box.ignored ? "###" : kind }));
  }
}
