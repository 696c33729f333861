// The boxes beside the picture: a row and its box point at each other.
import { LongList } from "./list.js";
import { make } from "./make.js";
import { colourOf } from "./pane.js";

const ROW = 34; // CSS pixels

export class Rows extends EventTarget {
  #boxes = [];

  // say(key): a word of the visitor's language.
  constructor(frame, say) {
    super();
    this.say = say;
    this.list = new LongList(frame, ROW, (box) => this.#row(box));
  }

  put(boxes) {
    this.#boxes = boxes;
    this.list.set(boxes);
  }

  mark({ hovered, chosen }) {
    for (const [index, row] of this.list.shown) {
      const box = this.#boxes[index];
      row.classList.toggle("pointed", box === hovered);
      row.classList.toggle("chosen", box === chosen);
      row.setAttribute("aria-pressed", String(box === chosen));
    }
  }

  reveal(box) {
    const at = this.#boxes.indexOf(box);
    if (at >= 0) this.list.reveal(at);
  }

  #row(box) {
    const { number, kind, text, score, points } = box;
    const corners = points.map(([x, y]) => `(${Math.round(x)},${Math.round(y)})`).join(" ");
    const words = [text, score == null ? "" : score.toFixed(3)].filter(Boolean).join(" · ");
    const tell = (what, detail) => () => this.dispatchEvent(new CustomEvent(what, { detail }));
    const mark = make("i", { text: number });
    mark.style.background = colourOf(kind);
    return make("button", {
      type: "button", "data-number": number, "aria-pressed": "false", title: `${this.say(kind)} ${number}: ${corners}`,
      click: tell("choose", box), pointerenter: tell("hover", box), pointerleave: tell("hover", null),
    }, mark, make("span", { text: words || this.say(kind) }), make("small", { text: corners }));
  }
}
