// A console that was updated under an open page says so above it, with the button that goes on.
(() => {
  const EVERY = 2000; // milliseconds; the line at the foot of the page, which names the build, comes anew every few seconds
  const { words } = window.ocrwebFace;
  const look = () => {
    const now = document.querySelector(".ocrweb-status")?.dataset.build;
    if (!now || now === window.ocrwebWords.build) return;
    window.ocrwebBand("updated", words.updated, words["load-anew"], () => location.reload());
  };
  setInterval(look, EVERY);
})();
