// A line drawn across boxes cuts each that it goes right through.
export class Split {
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
    if (this.from) this.desk.draft({ points: [this.from, at], open: true });
  }

  up({ at }) {
    const { from } = this;
    this.cancel();
    if (from) this.desk.split(from, at);
  }
}
