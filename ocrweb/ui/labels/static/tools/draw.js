// New boxes: by a drag, by four corners, or by as many as a curved line needs.
import { area, length, rectangle } from "../../../viewer/static/geometry.js";
import { Drag } from "./drag.js";

const LEAST = 9; // square pixels of a box that was meant

export class DrawBox extends Drag {
  sketch(from, at) {
    return { points: rectangle(from, at) };
  }

  drawn(from, at, event) {
    const points = rectangle(from, at);
    if (area(points) >= LEAST) this.desk.add(points);
    else this.desk.chooseAt(at, event);
  }
}

export class DrawCorners {
  cursor = "crosshair";
  points = [];

  // most: corners after which the outline closes by itself.
  constructor(desk, most) {
    this.desk = desk;
    this.most = most;
  }

  cancel() {
    this.points = [];
    this.desk.draft(null);
  }

  down({ at, screen, reach }) {
    const { viewer } = this.desk;
    const again = this.points.length >= 4 && length(viewer.toScreen(this.points[0]).concat(), [screen.x, screen.y]) < reach;
    if (again) return this.finish();
    this.points = [...this.points, at];
    this.desk.draft({ points: this.points, open: true });
  }

  move({ at }) {
    if (this.points.length) this.desk.draft({ points: [...this.points, at], open: this.points.length < 2 });
  }

  up() {
    if (this.points.length === this.most) this.finish();
  }

  double() {
    this.finish();
  }

  // What the Enter key does too.
  finish() {
    const last = this.points.at(-1);
    // a double click has set its last corner twice
    const points = this.points.filter((point, i) => point === last || length(point, this.points[i + 1]) > 2);
    if (points.length < 4) return false;
    this.cancel();
    if (area(points) >= LEAST) this.desk.add(points);
    return true;
  }
}
