// New boxes: by a drag, by a click on text that has none, by four corners, or by as many as a curved line needs.
import { area, length, rectangle } from "../../../viewer/static/geometry.js";
import { Drag } from "./drag.js";

const LEAST = 9; // square pixels of a box that was meant

// With Shift held, or once a corner is set, clicks are corners.
export class DrawBox extends Drag {
  constructor(desk) {
    super(desk);
    this.corners = new DrawCorners(desk, 4);
  }

  cancel() {
    super.cancel();
    this.corners.cancel();
  }

  down(touch) {
    if (touch.event.shiftKey || this.corners.points.length) this.corners.down(touch);
    else super.down(touch);
  }

  move(touch) {
    if (this.corners.points.length) this.corners.move(touch);
    else super.move(touch);
  }

  up(touch) {
    if (this.corners.points.length) this.corners.up();
    else super.up(touch);
  }

  sketch(from, at) {
    return { points: rectangle(from, at) };
  }

  drawn(from, at) {
    const points = rectangle(from, at);
    if (area(points) >= LEAST) this.desk.add(points);
    else if (!this.desk.chooseAt(at)) this.desk.find(at);
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
