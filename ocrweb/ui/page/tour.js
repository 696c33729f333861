// A tour of the page for who has never seen it: offered once under the header, left at any moment, begun again from there.
// Each stop points at what is on the page; where a narrow page hides it, the words stand alone.
(() => {
  const KEY = "ocrweb-tour", { words } = window.ocrwebFace;
  const STOPS = [
    ["rail", "#rail", ""],
    ["detect", "#single-picture", "single"],
    ["label", "#dataset-add", "datasets"],
    ["check", "#dataset-views", "datasets"],
    ["train", "#training-start", "training"],
    ["prove", "#training-status", "training"],
    ["use", "#models-use", "models"],
  ];
  const seen = () => localStorage.getItem(KEY);
  const remember = () => {
    localStorage.setItem(KEY, "seen");
    delete document.documentElement.dataset.first;
  };
  if (!seen()) document.documentElement.dataset.first = "yes";

  let at = -1, card = null, before = null;
  const unmark = () => document.querySelectorAll(".ocrweb-pointed").forEach((each) => each.classList.remove("ocrweb-pointed"));
  const make = (tag, given, ...inside) => {
    const element = Object.assign(document.createElement(tag), given);
    element.append(...inside);
    return element;
  };
  const leave = () => {
    unmark();
    card?.remove();
    card = null;
    before?.focus?.();
  };
  const button = (word, press, primary) =>
    make("button", { type: "button", textContent: words[word], onclick: press, className: primary ? "primary" : "" });
  const point = (selector) => {
    const target = document.querySelector(selector);
    if (!target?.checkVisibility()) return;
    target.classList.add("ocrweb-pointed");
    target.scrollIntoView({ block: "center" });
  };
  const show = (number) => {
    if (number < 0) return;
    if (number >= STOPS.length) return leave();
    at = number;
    unmark();
    const [name, selector, tab] = STOPS[at];
    if (tab) window.ocrwebAddress.go(tab);
    card ??= document.body.appendChild(make("div", { className: "ocrweb-tour" }));
    card.setAttribute("role", "dialog");
    card.setAttribute("aria-labelledby", "ocrweb-tour-title");
    const last = at === STOPS.length - 1;
    const next = button(last ? "tour-end" : "tour-next", () => show(at + 1), true);
    const buttons = make("div", { className: "buttons" }, button("tour-leave", leave));
    if (at) buttons.append(button("tour-back", () => show(at - 1)));
    buttons.append(next);
    card.replaceChildren(
      make("p", { className: "place", textContent: `${at + 1} / ${STOPS.length}` }),
      make("h2", { id: "ocrweb-tour-title", textContent: words[`tour-${name}-title`] }),
      make("p", { textContent: words[`tour-${name}`] }),
      buttons,
    );
    next.focus();
    setTimeout(() => at === number && card && point(selector), 250); // its tab has come to the front by then
  };
  document.addEventListener("click", (event) => {
    const what = event.target.closest?.("[data-tour]");
    if (!what) return;
    before = document.querySelector(".ocrweb-header [data-tour=begin]");
    remember();
    if (what.dataset.tour === "begin") show(0);
  });
  document.addEventListener("keydown", (event) => {
    if (!card) return;
    if (event.key === "Escape") leave();
    else if (event.key === "ArrowRight" && card.contains(document.activeElement)) show(at + 1);
    else if (event.key === "ArrowLeft" && card.contains(document.activeElement)) show(at - 1);
  });
})();
