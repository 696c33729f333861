// With Alt held, whatever the tool: a click takes a box away, a drag from one box to another joins them, one across boxes cuts them.
// With Ctrl as well a drag sweeps away every box in its rectangle.
import { rectangle } from "../../../viewer/static/geometry.js";
import { Drag } from "./drag.js";

export class Quick extends Drag {
  down(touch) {
    super.down(touch);
    this.reach = touch.reach;
    this.sweeps = touch.event.ctrlKey || touch.event.metaKey;
  }

  sketch(from, at) {
    return this.sweeps ? { points: rectangle(from, at) } : { points: [from, at], open: true };
  }

  drawn(from, at) {
    const { labels, deeds } = this.desk;
    if (this.sweeps) return deeds.sweep(rectangle(from, at));
    const one = this.desk.under(from, this.reach), other = this.desk.under(at, this.reach);
    if (!one || !other) return deeds.split(from, at);
    labels.choose([one.id, other.id]);
    one === other ? deeds.remove() : deeds.join();
  }
}
