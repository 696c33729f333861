// Gradio's clock of a waiting answer is drawn with every frame of the screen, and that of the page's own loading never stops,
// in a page at rest. It shows tenths of a second, so it goes with these while one is in sight, and once a second while none is.
(() => {
  const CLOCK = /^\(\)=>\{[\w$]+\([\w$]+,\(performance\.now\(\)-/; // how its frame begins
  const TENTH = 100; // milliseconds
  const SHOWN = "[data-testid=status-tracker] .progress-text"; // where it stands
  const frame = window.requestAnimationFrame.bind(window);
  const inSight = () => [...document.querySelectorAll(SHOWN)].some((clock) => clock.checkVisibility());
  const later = (callback, tenths) =>
    setTimeout(() => (tenths > 1 && !inSight() ? later(callback, tenths - 1) : callback()), TENTH);
  window.requestAnimationFrame = (callback) => {
    if (!CLOCK.test(String(callback))) return frame(callback);
    later(callback, 10); // without a frame: what the clock changes asks for one
    return 0;
  };
})();
