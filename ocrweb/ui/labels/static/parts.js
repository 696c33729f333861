// The parts of the page, each made once.
import { Api } from "./api.js";
import { Desk } from "./desk.js";
import { Notes } from "./notes.js";
import { Opened } from "./opened.js";
import { Queue } from "./queue.js";
import { Saver } from "./saver.js";
import { Suspects } from "./suspects.js";
import { BoxTable } from "./table.js";
import { Thresholds } from "./thresholds.js";
import { Thumbnails } from "./thumbnails.js";
import { fill } from "./words.js";

export const find = (selector) => document.querySelector(selector);
export const address = new URL(location);
fill(document);

export const api = new Api(address.searchParams.get("dataset") ?? "");
export const notes = new Notes(find("#live"), find("#note"), find("#saved"));
export const desk = new Desk(find("#canvas"), api, notes.say, notes.refuse);
export const saver = new Saver(api);
const thumbnails = new Thumbnails(api);
export const queue = new Queue(find("#left"), (one, place) => thumbnails.put(one, place));
export const table = new BoxTable(find("#box-list"));
export const suspects = new Suspects(find("#left"), api);
export const thresholds = new Thresholds(find("#thresholds"), (settings) => api.propose(desk.labels.picture, settings), api.models);
export const opened = new Opened(api, saver);

// What fails is told; the answer is null then.
export async function attempt(work) {
  try {
    return await work();
  } catch (failure) {
    notes.trouble(failure);
    return null;
  }
}
