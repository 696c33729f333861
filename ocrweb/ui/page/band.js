// A band above the page, for what concerns all of it: a sentence and the button that goes on. Asked for twice it stays one.
window.ocrwebBand = (kind, sentence, word, press) => {
  const shown = document.querySelector(`.ocrweb-band[data-kind=${kind}]`);
  if (shown) return shown;
  const band = document.createElement("div"), button = document.createElement("button");
  band.className = "ocrweb-band";
  band.dataset.kind = kind;
  band.setAttribute("role", "alert");
  band.textContent = sentence;
  button.type = "button";
  button.className = "ocrweb-go";
  button.textContent = word;
  button.addEventListener("click", press);
  band.append(button);
  document.body.append(band);
  return band;
};
