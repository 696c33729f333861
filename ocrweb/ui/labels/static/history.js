// What was done to one picture: every step keeps the whole list of boxes, which share all that did not change.
export class History {
  #done = [];
  #undone = [];

  note(before, after) {
    this.#done.push({ before, after });
    this.#undone = [];
  }

  undo() {
    const step = this.#done.pop();
    if (step) this.#undone.push(step);
    return step?.before ?? null;
  }

  redo() {
    const step = this.#undone.pop();
    if (step) this.#done.push(step);
    return step?.after ?? null;
  }

  get canUndo() {
    return this.#done.length > 0;
  }

  get canRedo() {
    return this.#undone.length > 0;
  }
}
