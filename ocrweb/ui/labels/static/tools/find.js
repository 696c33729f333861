// A click on text that has no box asks the model what stands there.
export class Find {
  cursor = "crosshair";

  constructor(desk) {
    this.desk = desk;
  }

  cancel() {}

  down({ at }) {
    this.at = at;
  }

  move() {}

  up() {
    if (this.at) this.desk.find(this.at);
    this.at = null;
  }
}
