// Choose boxes, move them, pull their corners and edges, turn them.
import { bounds, boxAt, moved, rectangle, turned } from "../../../viewer/static/geometry.js";
import { gripAt } from "../handles.js";

const STILL = 3; // CSS pixels that a click may shake

export class Choose {
  cursor = "default";

  constructor(desk) {
    this.desk = desk;
  }

  cancel() {
    this.drag = null;
    this.desk.draft(null);
    this.desk.preview(null);
  }

  down(touch) {
    const { labels } = this.desk;
    const { at, event } = touch;
    this.start = touch;
    const only = this.only(), grip = this.grip(touch);
    if (grip && event.altKey && grip.kind === "corner" && only.points.length > 4) {
      this.desk.reshape([{ ...only, points: only.points.filter((_, i) => i !== grip.index) }]);
      return;
    }
    if (grip && event.altKey && grip.kind === "edge") {
      this.desk.reshape([{ ...only, points: only.points.toSpliced(grip.index + 1, 0, at) }]);
      return;
    }
    if (grip) {
      this.drag = { kind: grip.kind, index: grip.index, boxes: [only] };
      return;
    }
    const found = this.under(at, touch.reach);
    if (found && (event.shiftKey || event.ctrlKey || event.metaKey)) {
      const ids = new Set(labels.chosen);
      ids.has(found.id) ? ids.delete(found.id) : ids.add(found.id);
      labels.choose(ids);
      return;
    }
    if (found) {
      if (!labels.chosen.has(found.id)) labels.choose([found.id]);
      this.drag = { kind: "move", boxes: labels.chosenBoxes };
      return;
    }
    if (event.shiftKey) this.drag = { kind: "band" };
    else this.drag = { kind: "empty" };
  }

  // The chosen box, where it is one.
  only() {
    const { labels } = this.desk;
    return labels.chosen.size === 1 ? labels.chosenBoxes[0] : null;
  }

  // What of the chosen box can be pulled there.
  grip({ screen, reach }) {
    const only = this.only();
    return only && gripAt(only.points, this.desk.viewer.view, screen, reach);
  }

  move(touch) {
    if (!this.drag) {
      this.desk.hover(touch.event.pointerType === "touch" ? null : (this.under(touch.at, touch.reach)?.id ?? null));
      return;
    }
    const { screen, at } = touch;
    const far = Math.hypot(screen.x - this.start.screen.x, screen.y - this.start.screen.y);
    if (!this.drag.moving && far < STILL) return;
    this.drag.moving = true;
    if (this.drag.kind === "empty") {
      const last = this.drag.last ?? this.start.screen;
      this.desk.viewer.pan(screen.x - last.x, screen.y - last.y);
      this.drag.last = screen;
    } else if (this.drag.kind === "band") this.desk.draft({ points: rectangle(this.start.at, at) });
    else this.desk.preview(this.pulled(at, touch.event.shiftKey));
  }

  up(touch) {
    const drag = this.drag;
    this.drag = null;
    this.desk.draft(null);
    if (!drag) return;
    if (drag.kind === "band") {
      const { left, top, right, bottom } = bounds(rectangle(this.start.at, touch.at));
      const held = this.desk.labels.boxes.filter(({ points }) => {
        const box = bounds(points);
        return box.left >= left && box.top >= top && box.right <= right && box.bottom <= bottom;
      });
      this.desk.labels.choose([...this.desk.labels.chosen, ...held.map(({ id }) => id)]);
    } else if (drag.kind === "empty") {
      if (!drag.moving) this.desk.labels.choose([]);
    } else if (drag.moving) {
      this.drag = drag;
      const boxes = this.pulled(touch.at, touch.event.shiftKey);
      this.drag = null;
      this.desk.preview(null);
      this.desk.reshape(boxes);
    }
  }

  leave() {
    if (!this.drag) this.desk.hover(null);
  }

  double({ at, reach }) {
    if (this.under(at, reach)) this.desk.editText();
  }

  // The dragged boxes as they would be now.
  pulled([x, y], straight) {
    const { kind, index, boxes } = this.drag;
    const dx = x - this.start.at[0], dy = y - this.start.at[1];
    return boxes.map((box) => {
      const { points } = box;
      if (kind === "move") return { ...box, points: moved(points, dx, dy) };
      if (kind === "turn") {
        const { left, top, right, bottom } = bounds(points);
        const middle = [(left + right) / 2, (top + bottom) / 2];
        const angle = (at) => Math.atan2(at[1] - middle[1], at[0] - middle[0]);
        const step = straight ? Math.PI / 36 : 0;
        const by = angle([x, y]) - angle(this.start.at);
        return { ...box, points: turned(points, step ? Math.round(by / step) * step : by, middle) };
      }
      const pulls = kind === "corner" ? [index] : [index, (index + 1) % points.length];
      return { ...box, points: points.map(([px, py], i) => (pulls.includes(i) ? [px + dx, py + dy] : [px, py])) };
    });
  }

  // The smallest shown box under a point, or the one whose edge is nearest within reach.
  under(at, reach) {
    const { labels, viewer, layers } = this.desk;
    const shown = labels?.boxes.filter(({ ignored }) => (ignored ? layers.ignored : layers.labels)) ?? [];
    return boxAt(shown, at, reach / 2 / viewer.view.scale);
  }
}
