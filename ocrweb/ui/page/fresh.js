// A console that was updated under an open page says so above it, with the button that goes on.
(() => {
  const EVERY = 2000; // milliseconds; the line at the foot of the page, which names the build, comes anew every few seconds
  const { words } = window.ocrwebFace;
  const look = () => {
    const now = document.querySelector(".ocrweb-status")?.dataset.build;
    if (!now || now === window.ocrwebWords.build || document.querySelector(".ocrweb-updated")) return;
    const band = document.createElement("div"), button = document.createElement("button");
    band.className = "ocrweb-updated";
    band.setAttribute("role", "alert");
    band.textContent = words.updated;
    button.type = "button";
    button.className = "ocrweb-go";
    button.textContent = words["load-anew"];
    button.addEventListener("click", () => location.reload());
    band.append(button);
    document.body.append(band);
  };
  setInterval(look, EVERY);
})();
