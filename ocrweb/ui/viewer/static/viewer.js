// A picture on a canvas: where it lies, how large, and what is drawn over it. Draws once a frame at most, when asked to.
import { drawPicture } from "./picture.js";

const MOST = 40; // screen pixels of a picture's pixel
const ROOM = 24; // CSS pixels around a picture that fits

export class Viewer extends EventTarget {
  constructor(canvas, paint) {
    super();
    this.canvas = canvas;
    this.paint = paint; // (context, view, density): what lies over the picture
    this.view = { scale: 1, x: 0, y: 0 };
    this.size = { width: 1, height: 1 };
    this.picture = null;
    this.fitted = true;
    this.covered = () => ({ left: 0, right: 0, top: 0, bottom: 0 }); // CSS pixels at the sides that a fitted picture keeps clear of
    this.layer = null; // what is stretched over the picture, as `layerOf` makes it
    this.frames = 0;
    new ResizeObserver(() => this.#resize()).observe(canvas);
    this.#resize();
  }

  // keep: stay where one was looking, as when another version of the same picture comes.
  show(picture, keep = false) {
    this.picture = picture;
    this.layer = null;
    if (!keep) this.fit();
    this.redraw();
  }

  redraw() {
    this.asked ??= requestAnimationFrame(() => {
      this.asked = null;
      this.#draw();
    });
  }

  toPicture({ x, y }) {
    return [(x - this.view.x) / this.view.scale, (y - this.view.y) / this.view.scale];
  }

  toScreen([x, y]) {
    return [x * this.view.scale + this.view.x, y * this.view.scale + this.view.y];
  }

  get least() {
    return Math.min(0.02, this.#fitting().scale);
  }

  fit() {
    this.view = this.#fitting();
    this.fitted = true;
    this.redraw();
  }

  actual() {
    this.zoom(1 / this.density / this.view.scale);
  }

  // about: the point of the canvas that stays where it is.
  zoom(factor, about = { x: this.size.width / 2, y: this.size.height / 2 }) {
    const scale = Math.min(MOST, Math.max(this.least, this.view.scale * factor));
    const grown = scale / this.view.scale;
    this.view = { scale, x: about.x - (about.x - this.view.x) * grown, y: about.y - (about.y - this.view.y) * grown };
    this.#moved();
  }

  pan(dx, dy) {
    this.view = { ...this.view, x: this.view.x + dx, y: this.view.y + dy };
    this.#moved();
  }

  // Bring a box into view when it is not, or too small to be seen.
  reveal({ left, top, right, bottom }) {
    const [l, t] = this.toScreen([left, top]), [r, b] = this.toScreen([right, bottom]);
    const tiny = b - t < 12 && r - l < 12;
    if (!tiny && l >= 0 && t >= 0 && r <= this.size.width && b <= this.size.height) return;
    const roomy = Math.min((this.size.width * 0.6) / (right - left), (this.size.height * 0.4) / (bottom - top));
    const scale = Math.min(Math.max(this.view.scale, tiny ? 0 : this.view.scale), Math.max(roomy, this.least));
    this.view.scale = tiny ? Math.min(roomy, 2) : scale;
    this.view = {
      scale: this.view.scale,
      x: this.size.width / 2 - ((left + right) / 2) * this.view.scale,
      y: this.size.height / 2 - ((top + bottom) / 2) * this.view.scale,
    };
    this.#moved();
  }

  get density() {
    return devicePixelRatio || 1;
  }

  #fitting() {
    if (!this.picture) return { scale: 1, x: 0, y: 0 };
    const { width, height } = this.picture;
    const { left, right, top, bottom } = this.covered();
    const wide = Math.max(1, this.size.width - left - right), high = Math.max(1, this.size.height - top - bottom);
    const room = Math.min(ROOM, wide / 20, high / 20);
    const scale = Math.min((wide - 2 * room) / width, (high - 2 * room) / height, 4);
    return { scale, x: left + (wide - width * scale) / 2, y: top + (high - height * scale) / 2 };
  }

  // A picture cannot be lost out of sight.
  #moved() {
    this.fitted = false;
    if (this.picture) {
      const width = this.picture.width * this.view.scale, height = this.picture.height * this.view.scale;
      const edge = 60;
      this.view.x = Math.min(this.size.width - edge, Math.max(edge - width, this.view.x));
      this.view.y = Math.min(this.size.height - edge, Math.max(edge - height, this.view.y));
    }
    this.redraw();
  }

  #resize() {
    const { width, height } = this.canvas.getBoundingClientRect();
    this.size = { width: Math.max(1, width), height: Math.max(1, height) };
    this.canvas.width = Math.round(this.size.width * this.density);
    this.canvas.height = Math.round(this.size.height * this.density);
    if (this.fitted) this.fit();
    this.#draw(); // at once: a canvas that was sized is empty
  }

  #draw() {
    const context = this.canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (!this.picture) return;
    context.setTransform(this.density, 0, 0, this.density, 0, 0);
    drawPicture(context, this.picture, this.view, this.size, this.density);
    if (this.layer) drawPicture(context, this.layer, this.view, this.size, this.density, false);
    this.paint(context, this.view, this.size);
    this.frames += 1;
    const { scale, x, y } = this.view;
    this.canvas.dataset.view = JSON.stringify({ scale, x, y });
    this.dispatchEvent(new Event("drawn"));
  }
}
