// A model and two sliders: its boxes appear over the picture while they move, and in turn with the labels.
import { make } from "../../viewer/static/make.js";
import { say } from "./words.js";

const CALM = 120; // milliseconds a slider rests before the model is asked
const BLINK = 700; // milliseconds

export class Thresholds extends EventTarget {
  boxes = null;
  side = null; // labels or proposed, while only one of both is shown
  #asked = 0;
  #moved = false; // until then the console's own settings count, which follow the person's corrections

  constructor(panel, ask, askModels) {
    super();
    this.panel = panel;
    this.ask = ask; // settings → {boxes}
    this.askModels = askModels; // → {models: [{name, title}], labelling}
    this.choice = panel.querySelector("#model");
    this.choice.addEventListener("change", () => this.#other());
    panel.querySelector("#blink").addEventListener("click", () => this.#blink(!this.side));
    this.sliders = { threshold: panel.querySelector("#threshold"), unclip_ratio: panel.querySelector("#unclip") };
    for (const slider of Object.values(this.sliders)) slider.addEventListener("input", () => this.#soon());
    panel.querySelector("#use-proposed").addEventListener("click", () => this.dispatchEvent(new Event("use")));
    panel.querySelector("#close-thresholds").addEventListener("click", () => this.toggle(false));
  }

  get open() {
    return !this.panel.hidden;
  }

  // "" for the one that labels this dataset.
  get model() {
    return this.open ? this.choice.value : "";
  }

  // What is asked for.
  get settings() {
    const model = this.choice.value || undefined;
    const chosen = Object.entries(this.sliders).map(([name, slider]) => [name, Number(slider.value)]);
    return this.#moved ? { ...Object.fromEntries(chosen), model } : { model };
  }

  toggle(open = !this.open) {
    const { model } = this;
    this.panel.hidden = !open;
    this.#blink(false);
    this.#take(null);
    if (open) this.#propose();
    if (open) this.#list();
    if (model !== this.model) this.dispatchEvent(new Event("model"));
  }

  async #list() {
    this.listing ??= this.askModels();
    try {
      const { models, labelling } = await this.listing;
      if (this.choice.length) return;
      this.choice.append(...models.map(({ name, title }) =>
        make("option", name === labelling ? { value: "", text: say("model-labelling", { name: title }) } : { value: name, text: title })));
      this.panel.querySelector("#other-model").hidden = models.length < 2;
    } catch {
      this.listing = null; // asked again when the panel is opened again
    }
  }

  #other() {
    this.#moved = false; // each model has settings of its own
    this.#take(null);
    this.#propose();
    this.dispatchEvent(new Event("model"));
  }

  #blink(on) {
    clearInterval(this.blinking);
    const show = (side) => {
      this.side = side;
      this.dispatchEvent(new Event("side"));
    };
    show(on ? "proposed" : null);
    if (on) this.blinking = setInterval(() => show(this.side === "labels" ? "proposed" : "labels"), BLINK);
    this.panel.querySelector("#blink").setAttribute("aria-pressed", String(on));
  }

  // Another picture is shown.
  renew() {
    this.#take(null);
    if (this.open) this.#propose();
  }

  // The settings that count while nobody has moved a slider.
  #show(settings) {
    for (const [name, slider] of Object.entries(this.sliders)) {
      slider.value = settings[name];
      slider.nextElementSibling.textContent = slider.value;
    }
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
    try {
      const { boxes, settings } = await this.ask(this.settings);
      if (number !== this.#asked || !this.open) return;
      if (!this.#moved) this.#show(settings);
      this.#take(boxes.map((one) => ({ points: one.points ?? one })));
    } catch (failure) {
      if (number === this.#asked) words.textContent = failure.status ? `${failure.message} ${failure.hint}` : say("lost");
    }
  }

  #take(boxes) {
    this.boxes = boxes;
    this.panel.querySelector("#proposed-words").textContent = boxes ? say("proposed", { count: boxes.length }) : "";
    for (const name of ["use-proposed", "blink"]) this.panel.querySelector(`#${name}`).disabled = !boxes;
    if (!boxes) this.#blink(false);
    this.dispatchEvent(new Event("boxes"));
  }
}
