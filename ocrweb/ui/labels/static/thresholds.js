// Two sliders whose boxes appear over the picture while they move.
import { say } from "./words.js";

const CALM = 120; // milliseconds a slider rests before the model is asked

export class Thresholds extends EventTarget {
  boxes = null;
  #asked = 0;
  #moved = false; // until then the console's own settings count, which follow the person's corrections

  constructor(panel, ask) {
    super();
    this.panel = panel;
    this.ask = ask; // settings → {boxes}
    this.sliders = { threshold: panel.querySelector("#threshold"), unclip_ratio: panel.querySelector("#unclip") };
    for (const slider of Object.values(this.sliders)) slider.addEventListener("input", () => this.#soon());
    panel.querySelector("#use-proposed").addEventListener("click", () => this.dispatchEvent(new Event("use")));
    panel.querySelector("#close-thresholds").addEventListener("click", () => this.toggle(false));
  }

  get open() {
    return !this.panel.hidden;
  }

  toggle(open = !this.open) {
    this.panel.hidden = !open;
    this.#take(null);
    if (open) this.#propose();
  }

  // Another picture is shown.
  renew() {
    this.#take(null);
    if (this.open) this.#propose();
  }

  #soon() {
    this.#moved = true;
    for (const slider of Object.values(this.sliders)) slider.nextElementSibling.textContent = slider.value;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#propose(), CALM);
  }

  async #propose() {
    const number = (this.#asked += 1);
    const words = this.panel.querySelector("#proposed-words");
    words.textContent = say("proposing");
    const chosen = Object.fromEntries(Object.entries(this.sliders).map(([name, slider]) => [name, Number(slider.value)]));
    try {
      const { boxes } = await this.ask(this.#moved ? chosen : {});
      if (number === this.#asked && this.open) this.#take(boxes.map((one) => ({ points: one.points ?? one })));
    } catch (failure) {
      if (number === this.#asked) words.textContent = failure.status ? `${failure.message} ${failure.hint}` : say("lost");
    }
  }

  #take(boxes) {
    this.boxes = boxes;
    this.panel.querySelector("#proposed-words").textContent = boxes ? say("proposed", { count: boxes.length }) : "";
    this.panel.querySelector("#use-proposed").disabled = !boxes;
    this.dispatchEvent(new Event("boxes"));
  }
}
