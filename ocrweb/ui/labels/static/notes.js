// What the page says: to screen readers, over the picture, and about saving.
import { LostError } from "./api.js";
import { say } from "./words.js";

const SHOWN = 6000; // milliseconds

export class Notes {
  constructor(live, note, saved) {
    Object.assign(this, { live, note, mark: saved });
  }

  // Heard, not seen.
  say = (sentence) => {
    this.live.textContent = sentence;
  };

  show(sentence, stay = false) {
    this.note.textContent = sentence;
    this.note.hidden = false;
    clearTimeout(this.timer);
    if (!stay) this.timer = setTimeout(() => this.clear(), SHOWN);
  }

  // Why nothing was done.
  refuse = (sentence) => this.show(sentence);

  clear() {
    this.note.hidden = true;
  }

  // A failure of the console or of the way to it.
  trouble(failure) {
    if (failure instanceof LostError) this.show(say("lost"), true);
    else if (failure?.code) this.show(`${failure.message} ${failure.hint}`, true);
    else this.show(say("trouble"), true);
  }

  saved(state, error) {
    this.mark.dataset.state = state;
    this.mark.textContent = say(`saved-${state}`);
    if (state === "refused" || state === "waiting" || state === "out") this.trouble(error);
    else if (state === "lost") this.show(say("lost-kept"), true);
    else if (state === "saved" && this.mark.dataset.before !== "saved" && this.mark.dataset.before !== "saving") this.clear();
    this.mark.dataset.before = state === "saving" ? this.mark.dataset.before : state;
  }
}
