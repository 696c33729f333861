// Each change is sent at once, one at a time a picture; what changed meanwhile goes next, with the version answered.
import { ApiError, LostError } from "./api.js";

const PAUSES = [500, 1000, 2000, 4000]; // milliseconds between tries while the console cannot be reached
const sleep = (time) => new Promise((wake) => setTimeout(wake, time));

// What two lists of boxes must share to be the same, whichever corner each begins with.
const essence = (boxes) => JSON.stringify(boxes.map(({ points, text, ignored }) => [points.map(String).sort(), text, ignored]));

// state: saved | saving | lost | waiting (a run uses the dataset) | conflict | refused | out (the login has ended)
export class Saver extends EventTarget {
  #work = new Map(); // labels → { want, running, sent: what was sent without an answer }

  constructor(api) {
    super();
    this.api = api;
    addEventListener("online", () => this.#wake?.());
  }

  #wake = null;

  // extra: state and tags to say along with the boxes.
  want(labels, extra = {}) {
    const work = this.#work.get(labels) ?? { want: null, running: false, sent: new Set(), state: "saved" };
    this.#work.set(labels, work);
    work.want = { ...work.want, ...extra };
    drafts.keep(labels);
    if (!work.running && work.state !== "conflict") return this.#run(labels, work);
    return work.done;
  }

  // Whether something of this picture has not been saved yet.
  isOpen(labels) {
    const work = this.#work.get(labels);
    return Boolean(work && (work.running || work.want));
  }

  get open() {
    return [...this.#work.keys()].filter((labels) => this.isOpen(labels));
  }

  stateOf(labels) {
    return this.#work.get(labels) ?? { state: "saved" };
  }

  async settled(labels) {
    await this.#work.get(labels)?.done;
  }

  // After a conflict: what the console has, and what was drawn here is gone.
  async takeTheirs(labels) {
    const answer = await this.api.labels(labels.picture);
    this.#work.delete(labels);
    drafts.drop(labels.picture);
    labels.take(answer);
    this.#tell(labels, null, "saved");
  }

  // After a conflict: what was drawn here, as a change of what the console has.
  async keepMine(labels) {
    const { version } = await this.api.labels(labels.picture);
    labels.version = version;
    const work = this.#work.get(labels);
    work.state = "saving";
    work.want ??= {};
    return this.#run(labels, work);
  }

  #run(labels, work) {
    work.running = true;
    work.done = this.#send(labels, work).finally(() => {
      work.running = false;
    });
    return work.done;
  }

  async #send(labels, work) {
    let tries = 0;
    while (work.want) {
      const extra = work.want, boxes = labels.document();
      work.want = null;
      this.#tell(labels, work, work.state === "lost" || work.state === "waiting" ? work.state : "saving");
      try {
        const answer = await this.api.save(labels.picture, { version: labels.version, boxes, ...extra });
        labels.meet(answer);
        work.sent.clear();
        tries = 0;
        if (!work.want) {
          drafts.drop(labels.picture);
          this.#tell(labels, work, "saved");
        }
      } catch (failure) {
        work.want = { ...extra, ...work.want };
        if (failure instanceof LostError || failure.status === 503 || failure.status === 423) {
          work.sent.add(essence(boxes)); // it may have arrived all the same
          this.#tell(labels, work, failure instanceof LostError ? "lost" : "waiting", failure);
          await this.#pause(failure.wait ? failure.wait * 1000 : PAUSES[Math.min(tries++, PAUSES.length - 1)]);
        } else if (failure.status === 409 && work.sent.size && (await this.#arrived(labels, work.sent))) {
          work.sent.clear();
        } else if (failure instanceof ApiError) {
          this.#tell(labels, work, { 409: "conflict", 401: "out" }[failure.status] ?? "refused", failure);
          return;
        } else throw failure;
      }
    }
  }

  // The answer to a save was lost, not the save: what the console has is what was sent.
  async #arrived(labels, sent) {
    try {
      const answer = await this.api.labels(labels.picture);
      if (!sent.has(essence(answer.boxes))) return false;
      labels.meet(answer);
      return true;
    } catch {
      return false;
    }
  }

  async #pause(time) {
    await Promise.race([sleep(time), new Promise((wake) => (this.#wake = wake))]);
    this.#wake = null;
  }

  #tell(labels, work, state, error = null) {
    if (work) Object.assign(work, { state, error });
    this.dispatchEvent(new CustomEvent("state", { detail: { labels, state, error } }));
  }
}

// What was drawn and not saved yet survives a reload of the page.
export const drafts = {
  name: (picture) => `ocrweb-draft ${new URL(location).searchParams.get("dataset")} ${picture}`,
  keep(labels) {
    const draft = JSON.stringify({ version: labels.version, boxes: labels.document() });
    try {
      sessionStorage.setItem(this.name(labels.picture), draft);
    } catch {
      // no room: then only this page has it
    }
  },
  drop(picture) {
    sessionStorage.removeItem(this.name(picture));
  },
  of(picture) {
    return JSON.parse(sessionStorage.getItem(this.name(picture)) ?? "null");
  },
};
