// What can be done to the boxes of a picture, each one step that can be taken back.
import { area, bounds, cut, direction, halved, joined, moved, neighbour, rectangle, settled, share, turned } from "../../viewer/static/geometry.js";
import { say } from "./words.js";

const INSIDE = 0.7, SAME = 0.3; // of a box in one that is drawn over it, and of both together
const box = (points, like = {}) => ({ points, text: like.text ?? "", ignored: like.ignored ?? false });

export class Deeds {
  // labels(): of the picture shown. view(): the part of it that is seen, {left, top, right, bottom}. tell: says what was done.
  // refuse: shows why nothing was.
  constructor(labels, view, tell, refuse) {
    Object.assign(this, { labels, view, tell, refuse });
  }

  settle = (points) => settled(points, this.labels().width, this.labels().height);

  add(outlines) {
    const labels = this.labels();
    const boxes = outlines.map(this.settle).filter((points) => area(points) >= 4).map((points) => box(points));
    if (!boxes.length) return;
    labels.change([...labels.boxes, ...boxes]);
    this.tell(say("said-added", { count: labels.boxes.length }));
  }

  // A box that is drawn, in place of those that it covers. What they say goes with it where it was one alone.
  draw(points) {
    const labels = this.labels();
    const drawn = this.settle(points);
    if (area(drawn) < 4) return;
    const over = labels.boxes.filter((one) => !one.ignored && one.points.length === 4 && covers(drawn, one.points));
    const made = box(drawn, over.length === 1 ? over[0] : {});
    const at = over.length ? labels.boxes.indexOf(over[0]) : labels.boxes.length;
    const left = labels.boxes.filter((one) => !over.includes(one));
    labels.change(left.toSpliced(at, 0, made));
    this.tell(say(over.length ? "said-redrawn" : "said-added", { count: labels.boxes.length }));
  }

  // changed: boxes with their ids and new points.
  reshape(changed) {
    if (!changed.length) return this.refuse(say("said-choose-first"));
    const labels = this.labels();
    const after = new Map(changed.map((one) => [one.id, { ...one, points: this.settle(one.points) }]));
    if ([...after.values()].some(({ points }) => area(points) < 4)) return;
    labels.change(labels.boxes.map((one) => after.get(one.id) ?? one));
  }

  each(change) {
    const labels = this.labels();
    const ids = labels.chosen;
    if (!ids.size) return this.refuse(say("said-choose-first"));
    labels.change(labels.boxes.map((one) => (ids.has(one.id) ? change(one) : one)));
  }

  remove() {
    const labels = this.labels();
    const count = labels.chosen.size;
    if (!count) return this.refuse(say("said-choose-first"));
    const at = labels.boxes.findIndex((one) => labels.chosen.has(one.id));
    const left = labels.boxes.filter((one) => !labels.chosen.has(one.id));
    const next = left[Math.min(at, left.length - 1)];
    labels.change(left, next && count === 1 ? [next.id] : []);
    this.tell(say("said-removed", { removed: count, count: left.length }));
  }

  // Away with every box that lies in an upright rectangle.
  sweep(around) {
    const labels = this.labels(), { left, top, right, bottom } = bounds(around);
    const within = ([x, y]) => x >= left && x <= right && y >= top && y <= bottom;
    const swept = labels.boxes.filter(({ points }) => points.every(within));
    if (!swept.length) return this.refuse(say("said-nothing-swept"));
    labels.choose(swept.map(({ id }) => id));
    this.remove();
  }

  ignore() {
    const chosen = this.labels().chosenBoxes;
    const ignored = !chosen.every((one) => one.ignored);
    this.each((one) => ({ ...one, ignored }));
    if (chosen.length) this.tell(say(ignored ? "said-ignored" : "said-read", { count: chosen.length }));
  }

  write(id, text) {
    const labels = this.labels();
    const old = labels.boxes.find((one) => one.id === id);
    if (old && old.text !== text) labels.change(labels.boxes.map((one) => (one.id === id ? { ...one, text } : one)), [id]);
  }

  nudge(dx, dy) {
    const { width, height, chosenBoxes } = this.labels();
    const { left, top, right, bottom } = bounds(chosenBoxes.flatMap(({ points }) => points));
    const x = Math.min(Math.max(dx, -left), width - right), y = Math.min(Math.max(dy, -top), height - bottom);
    if (x || y) this.each((one) => ({ ...one, points: moved(one.points, x, y) }));
  }

  // Wider and higher by so many pixels, along the box's own lines.
  stretch(dx, dy) {
    this.reshape(this.labels().chosenBoxes.map((one) => {
      const angle = direction(one.points), level = turned(one.points, -angle, [0, 0]);
      const { left, top, right, bottom } = bounds(level);
      const sx = Math.max(2, right - left + dx) / (right - left), sy = Math.max(2, bottom - top + dy) / (bottom - top);
      const grown = level.map(([x, y]) => [left + (x - left) * sx, top + (y - top) * sy]);
      return { ...one, points: turned(grown, angle, [0, 0]) };
    }));
  }

  turn(degrees) {
    this.reshape(this.labels().chosenBoxes.map((one) => ({ ...one, points: turned(one.points, (degrees * Math.PI) / 180) })));
  }

  // Every box that the line goes through, or the chosen ones alone where there are some.
  split(from, to) {
    const labels = this.labels();
    const through = (one) => cut(one.points, from, to);
    const chosen = labels.chosenBoxes.some(through) ? labels.chosen : null;
    this.#divide((one) => (!chosen || chosen.has(one.id) ? through(one) : null));
  }

  halve() {
    const { chosen } = this.labels();
    if (!chosen.size) return this.refuse(say("said-choose-first"));
    this.#divide((one) => (chosen.has(one.id) ? halved(one.points) : null));
  }

  // words: of each box the outlines of its words. A box that was changed meanwhile stays as it is.
  intoWords(words) {
    this.#divide((one) => (words.get(one)?.length > 1 ? words.get(one) : null), "said-no-words");
  }

  #divide(parts, refusal = "said-not-split") {
    const labels = this.labels();
    let count = 0;
    const boxes = labels.boxes.flatMap((one) => {
      const pieces = parts(one)?.map(this.settle);
      if (!pieces || pieces.some((points) => area(points) < 4)) return [one];
      count += 1;
      const typed = one.text.split(/\s+/).filter(Boolean);
      const text = (i) => (typed.length === pieces.length ? typed[i] : "");
      return pieces.map((points, i) => box(points, { text: text(i), ignored: one.ignored }));
    });
    if (!count) return this.refuse(say(refusal));
    labels.change(boxes);
    this.tell(say("said-split", { count: labels.boxes.length }));
  }

  // The chosen ones into one; a single one with its neighbour on the line.
  join() {
    const labels = this.labels();
    let chosen = labels.chosenBoxes;
    if (chosen.length === 1) {
      const index = neighbour(chosen[0].points, labels.boxes.map(({ points }) => points));
      if (index >= 0) chosen = [chosen[0], labels.boxes[index]];
    }
    if (chosen.length < 2) return this.refuse(say("said-not-joined"));
    const angle = direction(joined(chosen.map(({ points }) => points)));
    const along = (one) => bounds(turned(one.points, -angle, [0, 0])).left;
    const text = chosen.toSorted((one, other) => along(one) - along(other)).map((one) => one.text).filter(Boolean).join(" ");
    const whole = box(this.settle(joined(chosen.map(({ points }) => points))), { text, ignored: chosen.every((one) => one.ignored) });
    const at = labels.boxes.indexOf(chosen.toSorted((one, other) => labels.boxes.indexOf(one) - labels.boxes.indexOf(other))[0]);
    const gone = new Set(chosen.map(({ id }) => id));
    labels.change(labels.boxes.flatMap((one, i) => (i === at ? [whole] : gone.has(one.id) ? [] : [one])));
    this.tell(say("said-joined", { count: labels.boxes.length }));
  }

  // A box in the middle of what is seen, to be moved by keys.
  addInView() {
    const { left, top, right, bottom } = this.view();
    const x = (left + right) / 2, y = (top + bottom) / 2, w = (right - left) / 8, h = (bottom - top) / 24;
    this.add([rectangle([x - w, y - h], [x + w, y + h])]);
  }

  // The boxes of another picture, scaled when that one had another size.
  copy(other) {
    const { width, height } = this.labels();
    const scaled = other.boxes.map((one) => ({
      ...box(this.settle(one.points.map(([x, y]) => [(x * width) / other.width, (y * height) / other.height])), one),
    }));
    const labels = this.labels();
    if (!scaled.length) return this.refuse(say("said-nothing-to-copy"));
    labels.change([...labels.boxes, ...scaled]);
    this.tell(say("said-copied", { copied: scaled.length, count: labels.boxes.length }));
  }

  replaceAll(outlines) {
    this.labels().change(outlines.map((points) => box(this.settle(points))), []);
    this.tell(say("said-replaced", { count: outlines.length }));
  }

  // What a model proposes by the person's way, in place of what it drew before: saved with the next deed, and taken back like one.
  follow(outlines) {
    this.labels().suggest(outlines.map((points) => box(this.settle(points))));
    this.tell(say("said-followed", { count: outlines.length }));
  }

  all = () => this.labels().choose(this.labels().boxes.map(({ id }) => id));

  // The box after or before the chosen one.
  step(by) {
    const labels = this.labels();
    if (!labels.boxes.length) return;
    const at = labels.boxes.findIndex(({ id }) => labels.chosen.has(id));
    const next = at < 0 ? (by > 0 ? 0 : labels.boxes.length - 1) : (at + by + labels.boxes.length) % labels.boxes.length;
    labels.choose([labels.boxes[next].id]);
    this.tell(say("said-box", { number: next + 1, count: labels.boxes.length, text: labels.boxes[next].text }));
  }
}

// Whether an outline was drawn over a box: the box lies in it, or both are about the same place.
function covers(drawn, points) {
  const within = share(points, drawn);
  const shared = within * area(points);
  return within > INSIDE || shared > SAME * (area(points) + area(drawn) - shared);
}
