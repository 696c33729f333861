(value) => {
  const [kind, run, share, done] = value.split("|");
  const page = (window.ocrwebTitle ??= { plain: document.title, watched: "" });
  if (kind === "active") {
    page.watched = run;
    document.title = `${share}% · ${page.plain}`;
  } else if (page.watched && page.watched === run && done) {
    document.title = `${done} · ${page.plain}`;
  } else {
    document.title = page.plain;
  }
}
