// Small pictures for the queue: one is read at a time, in the order in which rows came into sight.
const SIDE = 96; // pixels
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
    const answer = await fetch(this.api.pictureAddress(picture));
    if (!answer.ok) throw new Error(String(answer.status));
    const bitmap = await createImageBitmap(await answer.blob());
    const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return canvas;
  }
}

function copy(canvas) {
  const shown = canvas.cloneNode();
  shown.getContext("2d").drawImage(canvas, 0, 0);
  return shown;
}
