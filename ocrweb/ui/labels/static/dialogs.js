// Questions and sheets over the page.
import { keySheet } from "./keys.js";
import { make } from "../../viewer/static/make.js";
import { say } from "./words.js";

const dialog = document.querySelector("#dialog");

// buttons: [[word, answer, class]]. Resolves with the answer; null when it was closed.
export function ask(title, text, buttons) {
  return show(title, [make("p", { text })], buttons);
}

export function showKeys() {
  return show(say("keys"), [make("div", { class: "keys" }, ...keySheet())], [[say("close"), null, "plain"]], "wide");
}

export function showHistory(entries, restorable) {
  const rows = entries.map(({ at, what, boxes }) =>
    make("li", {}, make("time", { text: new Date(typeof at === "number" ? at * 1000 : at).toLocaleString(document.documentElement.lang) }),
      make("span", { text: say(`deed-${what}`) }), make("small", { text: say("count-boxes", { count: boxes }) })));
  const body = rows.length ? make("ol", { class: "history" }, ...rows) : make("p", { class: "quiet", text: say("no-history") });
  const restore = restorable ? [[say("restore"), "restore", "plain"]] : [];
  return show(say("history"), [body], [...restore, [say("close"), null, "primary"]]);
}

function show(title, content, buttons, kind = "") {
  return new Promise((resolve) => {
    let answer = null;
    const row = make("div", { class: "answers" }, ...buttons.map(([word, value, look = "primary"]) =>
      make("button", { type: "button", class: look, text: word, "data-answer": value ?? "close", click: () => {
        answer = value;
        dialog.close();
      } })));
    dialog.className = kind;
    dialog.replaceChildren(make("h2", { text: title, id: "dialog-title" }), ...content, row);
    dialog.onclose = () => resolve(answer);
    dialog.onclick = (event) => event.target === dialog && dialog.close();
    dialog.showModal();
  });
}
