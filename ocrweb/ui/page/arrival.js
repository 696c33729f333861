// The tabs are shown once what stands on them has come to rest: its parts come one after another and would push each other about.
(() => {
  const REST = 120; // milliseconds in which nothing has moved
  const LIMIT = 6000; // milliseconds from when the framework calls the page whole: what moves on is shown all the same
  const LOADING = ".gradio-container > .main > .wrap .loading"; // what the framework says until then
  const coming = document.documentElement.classList;
  const shape = () => {
    const panel = [...document.querySelectorAll("#tabs [role=tabpanel]")].find((each) => each.checkVisibility());
    if (!panel || document.querySelector(LOADING)) return "";
    const { top, height } = panel.getBoundingClientRect();
    return `${panel.id} ${Math.round(top + scrollY)} ${Math.round(height)}`;
  };
  coming.add("ocrweb-coming");
  let first = 0, since = 0, before = "";
  const look = (now) => {
    const seen = shape();
    if (seen) first ||= now;
    if (seen !== before || !window.ocrwebAddress.inFront()) since = now;
    before = seen;
    if (first && (now - since >= REST || now - first >= LIMIT)) coming.remove("ocrweb-coming");
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
