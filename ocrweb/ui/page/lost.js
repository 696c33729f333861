// A console that cannot be reached is said above the page for as long as that lasts. When it is back the page loads itself
// anew, because what it was about to be told went with the connection; its address and the browser hold what it showed.
(() => {
  const EVERY = 2000; // milliseconds between two tries
  const STAYED = 10_000; // milliseconds after which a page that was to be left is still there, as after a download
  const AWAY = [502, 504]; // what a proxy answers for a console that is not there
  const { words } = window.ocrwebFace;
  const ask = window.fetch.bind(window);
  const there = () => ask("healthz", { cache: "no-store" }).then((answer) => !AWAY.includes(answer.status), () => false);
  let waiting = false, leaving = false, hurry = () => {};
  const look = async () => {
    if (waiting || leaving) return;
    waiting = true;
    for (let lost = false; !leaving; lost = true) {
      if (await there()) {
        if (lost && !leaving) location.reload();
        break;
      }
      if (leaving) break;
      window.ocrwebBand("lost", words.lost, words["try-now"], () => hurry());
      await new Promise((done) => { hurry = done; setTimeout(done, EVERY); });
    }
    waiting = false;
  };
  window.fetch = (...given) => ask(...given).catch((failure) => {
    if (failure.name !== "AbortError") look();
    throw failure;
  });
  // What the page asked for fails as soon as another is on its way; loading this one anew then would take that one's place.
  addEventListener("beforeunload", () => {
    leaving = true;
    setTimeout(() => { leaving = false; }, STAYED);
  });
  addEventListener("pagehide", () => { leaving = true; });
  addEventListener("pageshow", () => { leaving = false; });
})();
