// <ocrweb-viewer data-picture="address" data-document="JSON">: a picture with boxes over it, to be looked at.
// The document: {words, name, boxes, other: {name, boxes} | {name, address} | null, map: address | null, edit: address | null}.
// While this script is not there, the image inside the element is seen.
import { make } from "./make.js";
import { bytesOf, loaded } from "./loaded.js";
import { colourOf, KINDS, Pane } from "./pane.js";
import { layerOf } from "./picture.js";
import { Rows } from "./rows.js";
import { sentence } from "./sentence.js";

const BLINK = 700; // milliseconds
const styles = new CSSStyleSheet();
await styles.replace(await (await fetch(new URL("element.css", import.meta.url))).text());
const hidden = new Set(); // kinds; as a visitor leaves it, the next picture comes

const numbered = (boxes) => boxes.map((box, index) => ({ ...box, number: index + 1 }));

class ViewerElement extends HTMLElement {
  static observedAttributes = ["data-picture", "data-document"];
  #parts = null;
  #asked = false;
  #shown = ""; // address of the picture on the canvas
  #side = "own"; // which result: own, other, blink, both

  connectedCallback() {
    this.#soon();
  }

  disconnectedCallback() {
    clearInterval(this.blinking);
  }

  attributeChangedCallback() {
    this.#soon();
  }

  #soon() {
    if (this.#asked || !this.isConnected) return;
    this.#asked = true;
    queueMicrotask(() => {
      this.#asked = false;
      this.#take();
    });
  }

  #take() {
    if (!this.dataset.document) return;
    this.document = JSON.parse(this.dataset.document);
    const say = (key) => this.document.words[key];
    if (!this.#parts) this.#build(say);
    const { panes, layers, sides, edit } = this.#parts;
    this.own = numbered(this.document.boxes);
    this.other = this.document.other?.boxes ? numbered(this.document.other.boxes) : null;
    for (const pane of panes) pane.mark({ hovered: null, chosen: null });
    layers.replaceChildren(...this.#layers(say));
    sides.replaceChildren(...(this.document.other ? this.#sides(say) : []));
    sides.hidden = !this.document.other;
    if (edit) {
      edit.hidden = !this.document.edit;
      edit.href = this.document.edit ?? "";
    }
    this.#turn(this.other ? this.#side : "own");
    this.#load();
  }

  async #load() {
    const address = this.dataset.picture, { panes, note } = this.#parts;
    if (address === this.#shown) {
      if (!note.textContent) this.#ready(); // else it is on its way, and says so when it is there
      return;
    }
    this.#shown = address;
    delete this.dataset.ready;
    note.textContent = this.document.words.loading;
    try {
      const picture = await loaded(address);
      if (this.#shown !== address) return; // another came meanwhile
      for (const pane of panes) pane.viewer.show(picture);
      note.textContent = "";
      await this.#lay();
      this.#ready();
    } catch {
      if (this.#shown !== address) return;
      this.#shown = ""; // asked for again, it is tried again
      note.textContent = this.document.words.gone;
    }
  }

  // How often something new was put on the canvas: what a test waits for.
  #ready() {
    this.count = (this.count ?? 0) + 1;
    requestAnimationFrame(() => (this.dataset.ready = String(this.count)));
  }

  // The probability map over the picture, asked for when it is wanted.
  async #lay() {
    const { panes, note } = this.#parts, address = this.document.map;
    let layer = null;
    if (address && this.mapped) {
      try {
        const blob = await bytesOf(address);
        if (blob.size) layer = await layerOf(blob, panes[0].viewer.picture);
        else note.textContent = this.document.words.textless;
      } catch (failure) {
        note.textContent = failure.told || this.document.words.gone;
      }
      if (address !== this.document.map) return;
    }
    panes[0].viewer.layer = this.mapped ? layer : null;
    panes[0].viewer.redraw();
    panes[0].canvas.dataset.map = String(Boolean(panes[0].viewer.layer));
  }

  // The other result, where it has to be fetched first; whether it is there.
  async #fetchOther() {
    const { other, words } = this.document, { note, layers } = this.#parts;
    note.textContent = words.loading;
    try {
      const { boxes } = JSON.parse(await (await bytesOf(other.address)).text());
      if (other !== this.document.other) return false;
      note.textContent = "";
      this.other = numbered(boxes.map((box) => ({ ...box, kind: "detection" })));
      layers.replaceChildren(...this.#layers((key) => words[key]));
      return true;
    } catch (failure) {
      if (other === this.document.other) note.textContent = failure.told || words.gone;
      return false;
    }
  }

  async #choose(side) {
    if (side === "own" || this.other || (await this.#fetchOther())) this.#turn(side);
  }

  // Show one result, the other, both in turn, or both side by side.
  #turn(side) {
    this.#side = side;
    clearInterval(this.blinking);
    const { panes, stage, sides } = this.#parts;
    stage.classList.toggle("both", side === "both");
    this.lead = panes[0];
    const put = (other) => {
      this.seen = other ? this.other : this.own;
      panes[0].put(this.seen);
      this.#list();
      stage.dataset.result = other ? "other" : "own";
    };
    put(side === "other");
    panes[1].put(this.other ?? []);
    if (side === "blink") this.blinking = setInterval(() => put(this.seen === this.own), BLINK);
    for (const button of sides.children) button.setAttribute("aria-pressed", String(button.dataset.side === side));
  }

  #list() {
    const { rows, panes, count } = this.#parts;
    const { shown } = panes[0];
    rows.put(shown);
    count.textContent = sentence(this.document.words.boxes, { count: shown.length });
  }

  #layers(say) {
    const box = (name, word, on, change, colour) => {
      const field = make("input", { type: "checkbox", "data-layer": name, change: () => change(field.checked) });
      field.checked = on;
      const swatch = make("i", {});
      if (colour) swatch.style.background = colour;
      return make("label", {}, field, ...(colour ? [swatch] : []), make("span", { text: word }));
    };
    const count = (boxes, kind) => (boxes ?? []).filter((one) => one.kind === kind).length;
    const counts = KINDS.map((kind) => [kind, count(this.own, kind) || count(this.other, kind)]);
    const kinds = counts.filter(([, found]) => found).map(([kind, found]) =>
      box(kind, `${say(kind)} (${found})`, !hidden.has(kind), (on) => {
        if (on) hidden.delete(kind);
        else hidden.add(kind);
        for (const pane of this.#parts.panes) pane.viewer.redraw();
        this.#list();
      }, colourOf(kind)));
    const map = this.document.map ? [box("map", say("map"), Boolean(this.mapped), (on) => {
      this.mapped = on;
      this.#lay();
    })] : [];
    return [...kinds, ...map];
  }

  #sides(say) {
    const { name, other } = this.document;
    return [["own", name], ["other", other.name], ["blink", say("blink")], ["both", say("both")]].map(([side, text]) =>
      make("button", { type: "button", text, "data-side": side, click: () => this.#choose(side) }));
  }

  #build(say) {
    const canvas = (name) => make("canvas", { tabindex: "0", "aria-label": say("canvas"), "data-pane": name });
    const [one, two] = [canvas("own"), canvas("other")];
    const zoom = (text, hint, deed) => make("button", { type: "button", text, title: say(hint), "aria-label": say(hint), "data-deed": hint, click: deed });
    const scale = make("output", {});
    const full = document.fullscreenEnabled
      ? [zoom("⤢", "full", () => (document.fullscreenElement ? document.exitFullscreen() : this.requestFullscreen()))] : [];
    const tools = make("div", { class: "zoom" },
      zoom("−", "smaller", () => panes[0].viewer.zoom(0.8)), scale, zoom("+", "larger", () => panes[0].viewer.zoom(1.25)),
      zoom("1:1", "actual", () => panes[0].viewer.actual()), zoom(say("fit"), "fit", () => panes[0].viewer.fit()), ...full);
    const layers = make("div", { class: "layers", role: "group", "aria-label": say("layers") });
    const sides = make("div", { class: "sides", role: "group", "aria-label": say("results") });
    const note = make("p", { class: "note", role: "status" });
    const stage = make("div", { class: "stage" }, one, two, note, tools);
    const count = make("b", {}), list = make("div", { class: "list", role: "group", "aria-label": say("list") });
    const edit = make("a", { text: say("edit"), hidden: true });
    const live = make("p", { class: "unseen", "aria-live": "polite" });
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [styles];
    root.append(make("div", { class: "bar" }, layers, sides), make("div", { class: "body" }, stage,
      make("div", { class: "side" }, make("p", {}, count, edit), list)), live);
    const panes = [one, two].map((each) => new Pane(each, hidden));
    const rows = new Rows(list, (key) => this.document.words[key]);
    this.#parts = { panes, rows, layers, sides, stage, note, count, edit, live };
    for (const pane of panes) this.#listen(pane, scale);
    for (const what of ["hover", "choose"]) rows.addEventListener(what, ({ detail }) => this.#point(what, detail, true));
  }

  #listen(pane, scale) {
    const { panes } = this.#parts, [beside] = panes.filter((each) => each !== pane);
    pane.addEventListener("hover", ({ detail }) => this.#point("hover", detail));
    pane.addEventListener("choose", ({ detail }) => this.#point("choose", detail));
    pane.viewer.addEventListener("drawn", () => {
      const { view, fitted, density } = pane.viewer;
      const both = this.#parts.stage.classList.contains("both");
      if (pane !== panes[0] && !both) return;
      scale.textContent = `${Math.round(view.scale * density * 100)} %`;
      pane.canvas.style.touchAction = fitted ? "pan-y pinch-zoom" : "none"; // a picture that fits lets the page be scrolled
      if (!both || pane !== this.lead) return;
      Object.assign(beside.viewer, { view, fitted });
      beside.viewer.redraw();
    });
    pane.canvas.addEventListener("pointerdown", () => (this.lead = pane), true);
    pane.canvas.addEventListener("wheel", () => (this.lead = pane), { capture: true, passive: true });
    pane.canvas.addEventListener("keydown", (event) => this.#key(event, pane));
  }

  // from the list: the picture comes to the box.
  #point(what, box, fromList = false) {
    const { panes, rows, live } = this.#parts, [pane] = panes;
    const mark = what === "hover" ? { hovered: box } : { chosen: box };
    for (const each of panes) each.mark(mark);
    if (what === "choose" && box) {
      if (fromList) pane.reveal(box);
      else rows.reveal(box);
      const { number, text, score } = box;
      live.textContent = [`${number} / ${pane.shown.length}`, text, score?.toFixed(3)].filter(Boolean).join(" · ");
    }
    rows.mark(pane);
  }

  #key(event, pane) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { viewer } = pane, step = (by) => {
      const { shown } = pane, at = shown.indexOf(pane.chosen);
      const next = shown[at < 0 ? (by > 0 ? 0 : shown.length - 1) : (at + by + shown.length) % shown.length];
      if (!next) return;
      this.#point("choose", next, true);
      this.#parts.rows.reveal(next);
      this.#parts.rows.mark(pane);
    };
    const deeds = {
      "+": () => viewer.zoom(1.25), "=": () => viewer.zoom(1.25), "-": () => viewer.zoom(0.8),
      0: () => viewer.fit(), 1: () => viewer.actual(), "]": () => step(1), "[": () => step(-1),
      ArrowLeft: () => viewer.pan(60, 0), ArrowRight: () => viewer.pan(-60, 0),
      ArrowUp: () => viewer.pan(0, 60), ArrowDown: () => viewer.pan(0, -60),
      Escape: () => (pane.chosen ? this.#point("choose", null) : pane.canvas.blur()),
    };
    if (!(event.key in deeds)) return;
    this.lead = pane;
    deeds[event.key]();
    event.preventDefault();
    event.stopPropagation();
  }
}

customElements.define("ocrweb-viewer", ViewerElement);
