// The console's addresses. A refusal is an ApiError with its code and words; a connection that failed is a LostError.
const PATIENCE = 20_000; // milliseconds
const LOOKING = 180_000; // of what a model is asked, which may have to be loaded first

export class ApiError extends Error {
  constructor(status, told, wait) {
    super(told?.message ?? String(status));
    Object.assign(this, { status, code: told?.code ?? "", hint: told?.hint ?? "", wait });
  }
}

export class LostError extends Error {}

export class Api {
  constructor(dataset) {
    this.dataset = dataset;
  }

  address(name, parameters = {}) {
    return `api/${name}?${new URLSearchParams({ dataset: this.dataset, ...parameters })}`;
  }

  async ask(method, name, parameters, document, patience = PATIENCE) {
    const request = { method, headers: {}, signal: AbortSignal.timeout(patience) };
    if (document !== undefined) {
      request.body = JSON.stringify(document);
      request.headers["Content-Type"] = "application/json";
    }
    let answer, body;
    try {
      answer = await fetch(this.address(name, parameters), request);
      body = await answer.json();
    } catch (failure) {
      if (answer && !answer.ok) throw new ApiError(answer.status, null);
      throw new LostError(String(failure));
    }
    if (!answer.ok) throw new ApiError(answer.status, body.error, Number(answer.headers.get("Retry-After")) || 0);
    return { ...body, status: answer.status };
  }

  pictures = () => this.ask("GET", "pictures", {});
  labels = (picture) => this.ask("GET", "labels", { picture });
  save = (picture, document) => this.ask("PUT", "labels", { picture }, document);
  restore = (picture) => this.ask("POST", "restore", { picture }, {});
  history = (picture) => this.ask("GET", "history", { picture });
  accept = (pictures) => this.ask("POST", "accept", {}, { pictures });
  at = (picture, x, y) => this.ask("POST", "at", { picture }, { x, y }, LOOKING);
  snap = (picture, points) => this.ask("POST", "snap", { picture }, { points }, LOOKING);
  propose = (picture, settings) => this.ask("POST", "propose", { picture }, settings, LOOKING);
  models = () => this.ask("GET", "models", {});
  words = (picture, outlines) => this.ask("POST", "words", { picture }, { boxes: outlines });
  learning = () => this.ask("GET", "learn", {});
  learn = () => this.ask("POST", "learn", {}, {});
  proposeAnew = (leave, by) => this.ask("POST", "propose-anew", {}, { leave, by });
  choose = () => this.ask("GET", "choose", {});
  suspects = () => this.ask("GET", "suspects", {});
  dismiss = (suspects) => this.ask("POST", "dismiss", {}, { suspects });

  // name: picture, thumbnail or map. The blob of an image; an empty one where there is none to show.
  async bytes(name, picture, more = {}, signal = undefined) {
    let answer;
    try {
      answer = await fetch(this.address(name, { picture, ...more }), { signal });
      if (answer.ok) return await answer.blob();
    } catch (failure) {
      throw new LostError(String(failure));
    }
    throw new ApiError(answer.status, (await answer.json().catch(() => null))?.error);
  }
}
