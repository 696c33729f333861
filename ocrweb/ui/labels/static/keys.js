// Every key of the editor, once: the table is what is listened to and what the sheet on `?` shows.
import { make } from "../../viewer/static/make.js";
import { say } from "./words.js";

// [group, deed, keys…]; a key alone that is held, like `Alt` or `Shift`, is for the mouse: nothing is done when it is pressed. A key is `Shift+ArrowLeft`, `Ctrl+z`, `b`. Ctrl stands for Command on a Mac as well.
export const KEYS = [
  ["picture", "next", ".", "PageDown"],
  ["picture", "previous", ",", "PageUp"],
  ["picture", "uncertain", "u"],
  ["picture", "accept", "Enter"],
  ["picture", "aside", "x"],
  ["picture", "check", "y"],
  ["picture", "copy", "c"],
  ["tools", "tool-choose", "v"],
  ["tools", "tool-box", "b"],
  ["tools", "tool-corners", "q"],
  ["tools", "tool-polygon", "p"],
  ["tools", "tool-split", "s"],
  ["tools", "tool-find", "f"],
  ["tools", "toggle-snap", "m"],
  ["boxes", "box-next", "]"],
  ["boxes", "box-previous", "["],
  ["boxes", "box-new", "n"],
  ["boxes", "all", "Ctrl+a"],
  ["boxes", "delete", "Delete", "Backspace"],
  ["boxes", "ignore", "i"],
  ["boxes", "text", "t"],
  ["boxes", "join", "j"],
  ["boxes", "halve", "Shift+S"],
  ["boxes", "words", "w"],
  ["boxes", "turn-right", "r"],
  ["boxes", "turn-left", "Shift+R"],
  ["boxes", "undo", "Ctrl+z"],
  ["boxes", "redo", "Ctrl+Shift+Z", "Ctrl+y"],
  ["boxes", "nudge", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"],
  ["boxes", "nudge-far", "Shift+ArrowLeft", "Shift+ArrowRight", "Shift+ArrowUp", "Shift+ArrowDown"],
  ["boxes", "stretch", "Alt+ArrowLeft", "Alt+ArrowRight", "Alt+ArrowUp", "Alt+ArrowDown"],
  ["boxes", "quick-corners", "Shift"],
  ["boxes", "quick-delete", "Alt"],
  ["boxes", "quick-sweep", "Ctrl+Alt"],
  ["boxes", "quick-join", "Alt"],
  ["boxes", "quick-split", "Alt"],
  ["view", "zoom-in", "+", "="],
  ["view", "zoom-out", "-"],
  ["view", "fit", "0"],
  ["view", "actual", "1"],
  ["view", "thresholds", "l"],
  ["view", "map", "h"],
  ["view", "escape", "Escape"],
  ["view", "help", "?"],
  ["suspects", "suspect-next", "g"],
  ["suspects", "suspect-accept", "a"],
  ["suspects", "suspect-adjust", "e"],
  ["suspects", "suspect-dismiss", "d"],
];
const BY_KEY = new Map(KEYS.flatMap(([, deed, ...keys]) => keys.map((key) => [key, deed])));
const SIGNS = {
  ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Enter: "⏎", Escape: "Esc", PageDown: "PgDn",
  PageUp: "PgUp", Delete: "Del", Backspace: "⌫", Shift: "⇧",
};

export const shownKey = (key) =>
  (key === "+" ? ["+"] : key.split("+")).map((part) => SIGNS[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join(" ");

export const keyOf = (deed) => KEYS.find(([, name]) => name === deed)?.[2];

// The name of a pressed key in the table. A letter with Shift is a capital there.
function pressed(event) {
  const letter = event.key.length === 1;
  const name = letter && !event.shiftKey ? event.key.toLowerCase() : event.key; // Caps Lock changes nothing
  const shifted = event.shiftKey && (!letter || /\p{L}/u.test(name));
  const parts = [(event.ctrlKey || event.metaKey) && "Ctrl", event.altKey && "Alt", shifted && "Shift"];
  return [...parts.filter(Boolean), shifted && letter ? name.toUpperCase() : name].join("+");
}

// run(deed, event): returns false when there is nothing to be done, and the browser has the key.
export function listenToKeys(run) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    const typing = event.target.closest("input:not([type=checkbox], [type=range]), textarea, select");
    const button = event.key === "Enter" && event.target.closest("button, a, summary");
    if (button || (typing && !(event.key === "Escape"))) return;
    if (event.target.matches("input[type=range]") && event.key.startsWith("Arrow")) return;
    const deed = BY_KEY.get(pressed(event));
    if (deed && run(deed, event) !== false) event.preventDefault();
  });
}

export function keySheet() {
  const groups = Map.groupBy(KEYS, ([group]) => group);
  return [...groups].map(([group, rows]) =>
    make("section", {}, make("h3", { text: say(`keys-${group}`) }), make("dl", {}, ...rows.map(([, deed, ...keys]) =>
      make("div", {}, make("dt", {}, ...keys.map((key) => make("kbd", { text: shownKey(key) }))), make("dd", { text: say(`do-${deed}`) }))))));
}
