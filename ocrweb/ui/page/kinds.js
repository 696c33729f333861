// A file of a kind that a field does not take is refused where it was given, by its name and with what fits: before the
// framework looks at it, which passes a word over the page. What fits among several goes on.
(() => {
  const { kind } = window.ocrwebFace;
  const PICTURES = "JPG, PNG, BMP";
  const kinds = (input) => input.accept.split(",").map((each) => each.trim().toLowerCase()).filter(Boolean);
  const takes = (input, file) =>
    !kinds(input).length || kinds(input).some((each) =>
      each.endsWith("/*") ? file.type.startsWith(each.slice(0, -1)) : file.name.toLowerCase().endsWith(each));
  const place = (input) => input.closest(".block") ?? input.nextElementSibling ?? input;
  const nameOf = (input) => place(input).id.split("-")[0];

  const tell = (input, refused) => {
    document.querySelectorAll(".ocrweb-refused").forEach((each) => each.remove());
    if (!refused.length) return;
    const fits = kinds(input).map((each) => (each === "image/*" ? PICTURES : each)).join(" ");
    const told = (words) => words.replace("{file}", refused.map((each) => each.name).join(", ")).replace("{fits}", fits);
    const card = document.createElement("div");
    card.className = "ocrweb-problem ocrweb-refused";
    card.setAttribute("role", "alert");
    card.append(
      Object.assign(document.createElement("strong"), { textContent: told(kind.message) }), document.createElement("br"),
      `${told(kind.hint)} `, Object.assign(document.createElement("code"), { textContent: kind.code }),
    );
    place(input).after(card);
    card.scrollIntoView({ block: "nearest" });
    // What is shown belongs to an earlier file: it is not the answer to this one.
    document.querySelectorAll(`#${nameOf(input)}-result .ocrweb-good`).forEach((each) => each.classList.add("ocrweb-old"));
  };
  // Whether the event may go on to the framework as it is.
  const sift = (input, files) => {
    const fitting = files.filter((each) => takes(input, each));
    tell(input, files.filter((each) => !takes(input, each)));
    if (fitting.length === files.length) return true;
    const holder = new DataTransfer();
    fitting.forEach((each) => holder.items.add(each));
    input.files = holder.files;
    input.dataset.sifted = "yes";
    if (fitting.length) input.dispatchEvent(new Event("change", { bubbles: true }));
    delete input.dataset.sifted;
    return false;
  };
  const stop = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  window.addEventListener("change", (event) => {
    const input = event.target;
    if (!event.isTrusted && input.dataset?.sifted) return;
    if (input.type === "file" && input.files.length && !sift(input, [...input.files])) stop(event);
  }, true);
  window.addEventListener("drop", (event) => {
    const input = event.target.closest?.(".block")?.querySelector("input[type=file]");
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!input || !files.length || sift(input, files)) return;
    stop(event);
    event.target.dispatchEvent(new DragEvent("dragleave", { bubbles: true })); // the field is no longer dragged over
  }, true);
})();
