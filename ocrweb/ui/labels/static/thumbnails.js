// Small pictures for the queue: one is read at a time, in the order in which rows came into sight.
const KEPT = 600;

export class Thumbnails {
  #ready = new Map();
  #waiting = [];
  #busy = false;

  constructor(api) {
    this.api = api;
  }

  put({ picture }, place) {
    const known = this.#ready.get(picture);
    if (known) place.replaceChildren(copy(known));
    else {
      this.#waiting.push([picture, place]);
      this.#next();
    }
  }

  async #next() {
    if (this.#busy) return;
    this.#busy = true;
    await null; // the row is put into the page after it was made
    while (this.#waiting.length) {
      const [picture, place] = this.#waiting.shift();
      if (!place.isConnected) continue;
      try {
        if (!this.#ready.has(picture)) this.#ready.set(picture, await this.#load(picture));
        place.replaceChildren(copy(this.#ready.get(picture)));
      } catch {
        place.classList.add("broken");
      }
      if (this.#ready.size > KEPT) this.#ready.delete(this.#ready.keys().next().value);
      await new Promise((wake) => (window.requestIdleCallback ?? setTimeout)(wake));
    }
    this.#busy = false;
  }

  async #load(picture) {
    const bitmap = await createImageBitmap(await this.api.bytes("thumbnail", picture));
    const canvas = document.createElement("canvas");
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    bitmap.close();
    return canvas;
  }
}

function copy(canvas) {
  const shown = canvas.cloneNode();
  shown.getContext("2d").drawImage(canvas, 0, 0);
  return shown;
}
