// Pictures with their labels, opened before they are asked for.
import { Labels } from "./labels.js";
import { Pictures } from "./pictures.js";
import { drafts } from "./saver.js";

export class Opened {
  wanted = null;
  failure = null;
  #labels = new Map(); // picture → promise of Labels: one a picture, so that what was done can be taken back later
  #pictures;

  constructor(api, saver) {
    this.api = api;
    this.saver = saver;
    this.#pictures = new Pictures(api);
  }

  // {labels, picture}. What was opened before is shown at once, and renewed when the console has other labels by now.
  async get(picture) {
    const known = this.#labels.has(picture);
    try {
      const [labels, pixels] = await Promise.all([this.#of(picture), this.#pictures.show(picture)]);
      if (known) this.#renew(labels);
      return { labels, picture: pixels };
    } catch (failure) {
      this.failure = failure;
      throw failure;
    }
  }

  labels = (picture) => this.#of(picture);

  ahead(pictures) {
    for (const picture of pictures)
      if (picture) Promise.all([this.#of(picture), this.#pictures.get(picture)]).catch(() => {}); // told when it is opened
  }

  // What a model drew and nobody has changed as the person would draw it; null while their way is not known.
  async proposal(labels) {
    const boxes = await labels.proposal;
    return boxes ?? this.#proposal(labels); // it may be known since
  }

  async #proposal({ byModel, picture }) {
    if (!byModel) return null;
    const answer = await this.api.propose(picture, { follow: true }).catch(() => null); // help, no more
    return answer?.boxes?.map(({ points }) => points) ?? null;
  }

  forget(pictures) {
    for (const picture of pictures) if (picture !== this.wanted) this.#labels.delete(picture);
  }

  // What a model drew and nobody has changed is asked for anew when it is opened again.
  async forgetProposed() {
    for (const [picture, loading] of [...this.#labels]) {
      const labels = await loading.catch(() => null);
      if (labels?.byModel && !labels.changed && !this.saver.isOpen(labels)) this.forget([picture]);
    }
  }

  #of(picture) {
    if (!this.#labels.has(picture)) {
      const loading = this.#load(picture);
      this.#labels.set(picture, loading);
      loading.catch(() => this.#labels.delete(picture));
    }
    return this.#labels.get(picture);
  }

  async #load(picture) {
    const labels = new Labels(await this.api.labels(picture));
    labels.proposal = this.#proposal(labels);
    const draft = drafts.of(picture);
    if (draft) {
      drafts.drop(picture);
      if (JSON.stringify(draft.boxes) !== JSON.stringify(labels.document())) {
        labels.change(draft.boxes, []);
        labels.version = draft.version; // if it was changed meanwhile the console says so
        this.saver.want(labels);
      }
    }
    return labels;
  }

  async #renew(labels) {
    const answer = await this.api.labels(labels.picture).catch(() => null);
    if (answer && answer.version !== labels.version && !this.saver.isOpen(labels) && this.saver.stateOf(labels).state === "saved") labels.take(answer);
  }
}
