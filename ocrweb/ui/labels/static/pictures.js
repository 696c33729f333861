// The console's pictures that were opened last.
import { pictureOf } from "../../viewer/static/picture.js";

const KEPT = 4; // pictures

export class Pictures {
  #known = new Map();

  constructor(api) {
    this.api = api;
  }

  // {width, height, levels: [{bitmap, factor}]}, the largest first. A second call for the same picture waits for the first.
  get(picture) {
    const known = this.#known.get(picture);
    this.#known.delete(picture);
    const loading = known ?? this.#load(picture);
    this.#known.set(picture, loading);
    loading.catch(() => this.#known.delete(picture));
    for (const [name, old] of this.#known) {
      if (this.#known.size <= KEPT) break;
      this.#known.delete(name);
      old.then(({ levels }) => setTimeout(() => levels.forEach(({ bitmap }) => bitmap.close()), 1000)).catch(() => {});
    }
    return loading;
  }

  async #load(picture) {
    return pictureOf(await this.api.bytes("picture", picture));
  }
}
