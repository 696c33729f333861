// The labels of one picture as this browser knows them: boxes, what is chosen among them, and what was done.
import { History } from "./history.js";

let next = 1;
const named = (box) => ({ ...box, id: next++ });

export class Labels extends EventTarget {
  constructor(answer) {
    super();
    this.history = new History();
    this.chosen = new Set(); // ids
    this.take(answer);
  }

  // The labels as the console has them; what was done here before counts no more.
  take(answer) {
    this.picture = answer.picture;
    this.width = answer.width;
    this.height = answer.height;
    this.history = new History();
    this.chosen.clear();
    this.boxes = answer.boxes.map(named);
    this.byModel = answer.by_model; // as it came: nobody has changed them
    this.meet(answer);
    this.#tell();
  }

  // What a save answered. The boxes are those that were sent.
  meet({ version, state, changed, tags }) {
    Object.assign(this, { version, state, changed, tags });
  }

  // The boxes as they are sent.
  document() {
    return this.boxes.map(({ points, text, ignored }) => ({ points, text, ignored }));
  }

  // boxes: the whole new list; those without an id are new. chosen: ids, by default the new ones or what was chosen.
  change(boxes, chosen) {
    const before = this.boxes;
    const fresh = [];
    this.boxes = boxes.map((box) => {
      if (box.id !== undefined) return box;
      const made = named(box);
      fresh.push(made.id);
      return made;
    });
    this.history.note(before, this.boxes);
    this.chosen = new Set(chosen ?? (fresh.length ? fresh : this.chosen));
    this.#changed();
  }

  // Other boxes, of which nothing is saved until the person does something.
  suggest(boxes) {
    const before = this.boxes;
    this.boxes = boxes.map(named);
    this.history.note(before, this.boxes);
    this.chosen.clear();
    this.#tell();
  }

  undo = () => this.#step(this.history.undo());
  redo = () => this.#step(this.history.redo());

  choose(ids) {
    this.chosen = new Set(ids);
    this.#tell();
  }

  get chosenBoxes() {
    return this.boxes.filter((box) => this.chosen.has(box.id));
  }

  get ignored() {
    return this.boxes.filter((box) => box.ignored).length;
  }

  #step(boxes) {
    if (!boxes) return false;
    const before = new Map(this.boxes.map((box) => [box.id, box]));
    this.boxes = boxes;
    this.chosen = new Set(boxes.filter((box) => before.get(box.id) !== box).map((box) => box.id));
    this.#changed();
    return true;
  }

  #changed() {
    const there = new Set(this.boxes.map((box) => box.id));
    for (const id of this.chosen) if (!there.has(id)) this.chosen.delete(id);
    this.dispatchEvent(new Event("edited"));
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("shown"));
  }
}
