// A tool that is drawn with from where it was put down to where it was let go. `sketch` says what is seen meanwhile.
export class Drag {
  cursor = "crosshair";

  constructor(desk) {
    this.desk = desk;
  }

  cancel() {
    this.from = null;
    this.desk.draft(null);
  }

  down({ at }) {
    this.from = at;
  }

  move({ at }) {
    if (this.from) this.desk.draft(this.sketch(this.from, at));
  }

  up({ at, event }) {
    const { from } = this;
    this.cancel();
    if (from) this.drawn(from, at, event);
  }
}
