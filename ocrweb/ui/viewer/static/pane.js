// A canvas that shows the picture with one result's boxes, and lets a visitor look around in it.
import { boxAt, bounds } from "./geometry.js";
import { listen } from "./gestures.js";
import { AMBER, BLUE, extend, GREEN, outside, RED, stroke, VIOLET } from "./strokes.js";
import { Viewer } from "./viewer.js";

const STILL = 3; // CSS pixels that a click may shake
const MOST_NUMBERS = 200; // boxes in view that bear their numbers
const TAG = 12; // CSS pixels of a number, which would cover a smaller box
const STYLES = {
  label: [BLUE, []], marked: [RED, []], ignored: [AMBER, [6, 4]], detection: [GREEN, []], missed: [RED, [8, 4]], alarm: [VIOLET, [3, 3]],
};
export const KINDS = Object.keys(STYLES);
export const colourOf = (kind) => `rgb(${STYLES[kind][0]})`;

export class Pane extends EventTarget {
  boxes = []; // {points, kind, number, …}
  hovered = null;
  chosen = null;
  #start = null;

  // hidden: kinds of boxes that are not shown.
  constructor(canvas, hidden) {
    super();
    this.canvas = canvas;
    this.hidden = hidden;
    this.viewer = new Viewer(canvas, (context, view, size) => this.#paint(context, view, size));
    listen(this.viewer, canvas, () => this, (event) => event.ctrlKey || canvas.getRootNode().activeElement === canvas);
  }

  get shown() {
    return this.boxes.filter(({ kind }) => !this.hidden.has(kind));
  }

  put(boxes) {
    this.boxes = boxes;
    this.viewer.redraw();
  }

  // The two boxes that stand out; null for none.
  mark({ hovered = this.hovered, chosen = this.chosen }) {
    Object.assign(this, { hovered, chosen });
    this.viewer.redraw();
  }

  reveal(box) {
    this.viewer.reveal(bounds(box.points));
  }

  // --- as the tool of its gestures

  down({ screen }) {
    this.#start = { screen, last: screen, moving: false };
  }

  move({ screen, at, reach, event }) {
    const start = this.#start;
    if (!start) {
      if (event.pointerType !== "touch") this.#tell("hover", this.#under(at, reach));
      return;
    }
    start.moving ||= Math.hypot(screen.x - start.screen.x, screen.y - start.screen.y) > STILL;
    if (!start.moving) return;
    this.viewer.pan(screen.x - start.last.x, screen.y - start.last.y);
    start.last = screen;
  }

  up({ at, reach }) {
    const start = this.#start;
    this.#start = null;
    if (start && !start.moving) this.#tell("choose", this.#under(at, reach));
  }

  cancel() {
    this.#start = null;
  }

  leave() {
    this.#tell("hover", null);
  }

  #under(at, reach) {
    return boxAt(this.shown, at, reach / 2 / this.viewer.view.scale);
  }

  #tell(what, box) {
    this.dispatchEvent(new CustomEvent(what, { detail: box }));
  }

  #paint(context, view, size) {
    context.lineJoin = "round";
    const seen = this.shown.filter(({ points }) => !outside(points, view, size));
    // One path for all boxes that look alike: hundreds cost hardly more than one.
    for (const [kind, boxes] of Map.groupBy(seen, ({ kind }) => kind)) this.#outline(context, view, kind, boxes, 0.07, 1.5);
    for (const box of new Set([this.hovered, this.chosen]))
      if (seen.includes(box)) this.#outline(context, view, box.kind, [box], 0.25, 3);
    const roomy = ({ points }) => bounds(points).bottom - bounds(points).top > TAG / view.scale;
    this.#number(context, view, seen.filter((box) => box === this.hovered || box === this.chosen || roomy(box)).slice(0, MOST_NUMBERS));
  }

  #outline(context, view, kind, boxes, filled, width) {
    const [colour, dash] = STYLES[kind];
    context.beginPath();
    for (const { points } of boxes) extend(context, points, view);
    context.fillStyle = `rgba(${colour}, ${filled})`;
    context.fill();
    stroke(context, colour, width, dash);
  }

  #number(context, { scale, x, y }, boxes) {
    context.font = "600 10px system-ui, sans-serif";
    context.textBaseline = "middle";
    for (const { points: [[px, py]], number, kind } of boxes) {
      const width = context.measureText(number).width + 4;
      const left = Math.max(px * scale + x - width - 1, x), top = py * scale + y; // beside the text, or on the picture's edge
      context.fillStyle = colourOf(kind);
      context.fillRect(left, top, width, TAG);
      context.fillStyle = "#fff";
      context.fillText(number, left + 2, top + 6.5);
    }
  }
}
