// The console's pictures that were opened last, or will be next.
import { pictureOf } from "../../viewer/static/picture.js";

const KEPT = 6; // pictures
const PIXELS = 120e6; // of all of them; fewer pictures are kept when they are large

export class Pictures {
  #known = new Map(); // picture → {loading, pixels}, the one used last at the end
  #held = []; // the picture that is wanted, and the one on the desk until it comes

  constructor(api) {
    this.api = api;
  }

  // The picture that is wanted now: {width, height, levels: [{bitmap, factor}]}, the largest first. A second call for the same
  // picture waits for the first.
  show(picture) {
    if (picture !== this.#held[0]) this.#held = [picture, this.#held[0]];
    return this.get(picture);
  }

  get(picture) {
    const known = this.#known.get(picture) ?? this.#begin(picture);
    this.#known.delete(picture);
    this.#known.set(picture, known);
    this.#forget();
    return known.loading;
  }

  #begin(picture) {
    const known = { loading: this.#load(picture), pixels: 0 };
    known.loading.then(({ width, height }) => {
      known.pixels = width * height;
      this.#forget();
    }).catch(() => this.#known.delete(picture));
    return known;
  }

  #forget() {
    let kept = this.#known.size, pixels = [...this.#known.values()].reduce((sum, one) => sum + one.pixels, 0);
    for (const [name, { loading, pixels: own }] of this.#known) {
      if (kept <= 2 || (kept <= KEPT && pixels <= PIXELS)) return;
      if (this.#held.includes(name)) continue;
      this.#known.delete(name);
      kept -= 1;
      pixels -= own;
      loading.then(({ levels }) => setTimeout(() => levels.forEach(({ bitmap }) => bitmap.close()), 1000)).catch(() => {});
    }
  }

  async #load(picture) {
    return pictureOf(await this.api.bytes("picture", picture));
  }
}
