// Gradio's clock of a waiting answer is drawn with every frame of the screen, and that of the page's own loading never stops,
// in a page at rest. It shows tenths of a second, so a frame for each of these is enough.
(() => {
  const CLOCK = /^\(\)=>\{[\w$]+\([\w$]+,\(performance\.now\(\)-/; // how its frame begins
  const EACH = 100; // milliseconds
  const frame = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) => {
    if (!CLOCK.test(String(callback))) return frame(callback);
    setTimeout(() => frame(callback), EACH);
    return 0;
  };
})();
