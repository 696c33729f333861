// A line drawn across boxes cuts each that it goes right through.
import { Drag } from "./drag.js";

export class Split extends Drag {
  sketch(from, at) {
    return { points: [from, at], open: true };
  }

  drawn(from, at) {
    this.desk.split(from, at);
  }
}
