// The picture on the table: its labels, its view, the tool in hand; what the tools and the keys work on.
import { Deeds } from "./deeds.js";
import { bounds } from "../../viewer/static/geometry.js";
import { listen } from "../../viewer/static/gestures.js";
import { paint } from "./paint.js";
import { Choose } from "./tools/choose.js";
import { DrawBox, DrawCorners } from "./tools/draw.js";
import { Find } from "./tools/find.js";
import { Quick } from "./tools/quick.js";
import { Split } from "./tools/split.js";
import { Viewer } from "../../viewer/static/viewer.js";

const MOST_CORNERS = 64;
const NO_HANDS = { down: () => "pan", move() {}, up() {}, cancel() {} }; // while there is no picture

export class Desk extends EventTarget {
  labels = null;
  layers = { labels: true, ignored: true, detections: true, misses: true, map: false };
  detections = null;
  side = null; // labels or proposed: the only one that is shown
  suspect = null;
  snapping = false;
  #hand = null; // the tool of the gesture that goes on
  #hovered = null;
  #draft = null;
  #preview = null;

  // helper: {at(picture, x, y), snap(picture, points)} of the console. tell: says a sentence. refuse: shows one.
  constructor(canvas, helper, tell, refuse) {
    super();
    this.helper = helper;
    this.viewer = new Viewer(canvas, (context, view, size) => paint(context, view, size, this.#scene()));
    this.deeds = new Deeds(() => this.labels, () => this.#seen(), tell, refuse);
    this.tools = {
      choose: new Choose(this), box: new DrawBox(this), corners: new DrawCorners(this, 4),
      polygon: new DrawCorners(this, MOST_CORNERS), split: new Split(this), find: new Find(this),
    };
    this.quick = new Quick(this);
    this.canvas = canvas;
    this.take("choose");
    listen(this.viewer, canvas, () => (this.labels ? this.#hands : NO_HANDS));
  }

  // A gesture belongs to the tool in hand; with Alt to the quick one, but on a grip of the box that is chosen.
  #hands = {
    down: (touch) => {
      this.#hand = touch.event.altKey && !this.tool.grip?.(touch) ? this.quick : this.tool;
      return this.#hand.down(touch);
    },
    move: (touch) => (this.#hand ?? this.tool).move(touch),
    up: (touch) => this.#letGo().up(touch),
    cancel: () => this.#letGo().cancel(),
    leave: () => this.tool.leave?.(),
    double: (touch) => this.tool.double?.(touch),
  };

  #letGo() {
    const hand = this.#hand ?? this.tool;
    this.#hand = null;
    return hand;
  }

  take(name) {
    this.tool?.cancel();
    this.tool = this.tools[name];
    this.toolName = name;
    this.canvas.style.cursor = this.tool.cursor;
    this.dispatchEvent(new Event("tool"));
  }

  // keep: the same picture again.
  show(labels, picture, keep = false) {
    this.tool.cancel();
    this.labels?.removeEventListener("shown", this.#renew);
    this.labels = labels;
    labels.addEventListener("shown", this.#renew);
    this.#hovered = this.#preview = this.#draft = null;
    if (!keep) this.suspect = null;
    this.viewer.show(picture, keep);
    this.#renew();
    this.dispatchEvent(new Event("shown"));
  }

  // There is no picture to show.
  clear() {
    this.tool.cancel();
    this.labels?.removeEventListener("shown", this.#renew);
    this.labels = null;
    this.viewer.show(null);
    this.dispatchEvent(new Event("shown"));
  }

  #renew = () => {
    this.redraw();
    this.dispatchEvent(new Event("labels"));
  };

  redraw = () => this.viewer.redraw();

  hover(id) {
    if (id === this.#hovered) return;
    this.#hovered = id;
    this.redraw();
    this.dispatchEvent(new CustomEvent("hover", { detail: id }));
  }

  draft(draft) {
    this.#draft = draft;
    this.redraw();
  }

  // Boxes as they are while they are being dragged.
  preview(boxes) {
    this.#preview = boxes;
    this.redraw();
  }

  reshape = (boxes) => this.deeds.reshape(boxes);
  split = (from, to) => this.deeds.split(from, to);
  editText = () => this.dispatchEvent(new Event("text"));

  under = (at, reach) => this.tools.choose.under(at, reach);

  // Whether there is a box to choose.
  chooseAt(at) {
    const found = this.under(at, 10);
    this.labels.choose(found ? [found.id] : []);
    return Boolean(found);
  }

  // A drawn outline becomes a box, in place of those that it was drawn over; with snapping on, the one that the text below it has.
  async add(points) {
    const { labels } = this;
    this.deeds.draw(points);
    if (!this.snapping) return;
    const [drawn] = labels.chosenBoxes;
    const answer = await this.#helped(() => this.helper.snap(labels.picture, drawn.points));
    if (!answer?.points || !labels.boxes.includes(drawn)) return;
    const snapped = this.deeds.settle(answer.points);
    if (JSON.stringify(snapped) !== JSON.stringify(drawn.points))
      labels.change(labels.boxes.map((box) => (box === drawn ? { ...box, points: snapped } : box)));
  }

  async find([x, y]) {
    const { labels } = this;
    this.canvas.style.cursor = "progress";
    const answer = await this.#helped(() => this.helper.at(labels.picture, Math.round(x), Math.round(y)));
    this.canvas.style.cursor = this.tool.cursor;
    if (!answer || labels !== this.labels) return;
    if (answer.box) this.deeds.add([answer.box.points]);
    else this.dispatchEvent(new Event("nothing"));
  }

  revealChosen() {
    const points = this.labels.chosenBoxes.flatMap((box) => box.points);
    if (points.length) this.viewer.reveal(bounds(points));
  }

  async #helped(work) {
    try {
      return await work();
    } catch (failure) {
      this.dispatchEvent(new CustomEvent("trouble", { detail: failure }));
      return null;
    }
  }

  #scene() {
    const { labels, detections, suspect, side } = this;
    const only = side === "labels" ? { detections: false } : side === "proposed" ? { labels: false, ignored: false, detections: true } : {};
    const layers = { ...this.layers, ...only };
    const preview = new Map((this.#preview ?? []).map((box) => [box.id, box]));
    const boxes = labels?.boxes.map((box) => preview.get(box.id) ?? box) ?? [];
    const chosen = labels?.chosen ?? new Set();
    const chosenBoxes = boxes.filter((box) => chosen.has(box.id));
    return { labels: { boxes, chosen, chosenBoxes }, hovered: this.#hovered, layers, detections, suspect, draft: this.#draft };
  }

  #seen() {
    const { viewer, labels } = this;
    const [left, top] = viewer.toPicture({ x: 0, y: 0 });
    const [right, bottom] = viewer.toPicture({ x: viewer.size.width, y: viewer.size.height });
    return { left: Math.max(0, left), top: Math.max(0, top), right: Math.min(labels.width, right), bottom: Math.min(labels.height, bottom) };
  }
}
