// Gradio has words that it does not translate: they become the visitor's, wherever and whenever they appear.
(() => {
  const { lang, words, unknown } = window.ocrwebFace;
  // Texts. The second: which of our words. The third: where it may stand, for what people type is left alone.
  const known = [
    [/^\s*Click to Access Webcam/, "webcam"],
    [/^\s*Uploading \d+ files?\.\.\./, "uploading"],
    [/^\s*processing \|/, "processing"],
    [/^\s*queue:(?= \d)/, "queue"],
    [/^\s*This application is currently busy\. Please try again\./, "busy"],
    [/^\s*Connection errored out\.\s*/, "lost", ".toast-body, .error"],
    [/^\s*Connection to the server was lost\. Attempting reconnection\.\.\./, "lost", ".toast-body"],
    [/^\s*Reconnected[^.]*\.?/, "found-again", ".toast-body"],
    [/^\s*Invalid file type[\s\S]*/, "file-type", ".toast-body"],
    [/^\s*File size exceeds the maximum[\s\S]*/, "file-size", ".toast-body"],
    [/^\s*Too many events in the queue[\s\S]*/, "busy", ".toast-body"],
    [/^\s*(Could not|Failed to|Unexpected|TypeError|NetworkError|fetch failed)[\s\S]*/, "failed", ".toast-body"],
    [/^\s*Warning(?=\s|$)/, "warning", ".toast-title"],
    [/^\s*Info(?=\s|$)/, "info", ".toast-title"],
    [/^\s*Error(?=\s|$)/, "error", ".toast-title, .error"],
  ];
  // Names that a screen reader says and hints under the pointer. An empty word takes the name away: the text says it better.
  const names = [
    [/^Upload file$/, "upload-file"],
    [/^Capture from camera$/, "camera"],
    [/^Paste from clipboard$/, "paste"],
    [/^(View )?full ?screen$/i, "full-screen"],
    [/^Exit full ?screen mode$/i, "leave-full-screen"],
    [/^Remove Image$/, "remove-picture"],
    [/^Reset to default value$/, "reset"],
    [/^Select column$/, "select-column"],
    [/^Select row$/, "select-row"],
    [/^(Copy|Copied)( .*)?$/, "copy"],
    [/^Collapse$/, "collapse"],
    [/^Expand$/, "expand"],
    [/^Close$/, "close"],
    [/^Clear$/, "clear"],
    [/^Download( Image)?$/i, "download"],
    [/^(Delete|Remove)( this file| file)?$/, "remove"],
    [/^Previous( .*)?$/i, "previous"],
    [/^Next( .*)?$/i, "next"],
    [/^Share$/, "share"],
    [/^Open cell menu$/i, "cell-menu"],
    [/^Sort( .*)?$/i, "sort"],
    [/^Click to upload or drop files$/, ""],
    [/^number input for /, "number-for"],
    [/^range slider for /, "slider-for"],
    [/^Thumbnail (\d+) of (\d+)$/, "thumbnail"],
    [/^(Line number \d+|error|warning|info)$/, ""],
    [/^Code input container$/, "code"],
    [/^Dataframe$/, "table"],
    [/^Empty value$/, "empty"],
    [/^undo$/, "back-to-start"],
    [/^Zoom in$/, "zoom-in"],
    [/^Zoom out$/, "zoom-out"],
    [/^Zoom$/, "zoom"],
    [/^Pan$/, "pan"],
    [/^Autoscale$/, "autoscale"],
    [/^Reset axes$/, "reset-axes"],
    [/^Download plot as a PNG$/, "download-plot"],
    [/^File: /, "file-name"],
    [/^(chart|Plot|Image|Textbox|Number|Dropdown|Gallery|File|HTML)$/, "value"],
    [/^Vega visualization$/, "plot"],
    [/^Title text '(.+)'$/, "plot-title"],
    [/^X-axis titled '(.+)' for .*$/, "plot-x"],
    [/^Y-axis titled '(.+)' for .*$/, "plot-y"],
    [/^detailed view of selected image$/, "picture"],
    [/^select (input )?source$/, "camera"],
    [/^Table actions$/, "table-actions"],
    [/^Uploaded files$/, "uploaded-files"],
    [/^(Show|Hide) options$/i, "options"],
  ];
  // What a screen reader says that a part of a plot is.
  const parts = [
    [/^visualization$/, "plot"],
    [/^axis$/, "plot-axis"],
    [/^legend$/, "plot-legend"],
    [/^(sub)?title$/, "plot-heading"],
    [/^(bar|rect mark)( container)?$/, "plot-bars"],
    [/^text mark( container)?$/, "plot-words"],
    [/^\w+ mark( container)?$/, "plot-part"],
  ];
  // The name of a field for files, or of a picture with a line under it, is what stands in it: people who speak to their
  // computer say what they see.
  const TELLING = "button:has(.or), button:has(> .caption-label)";
  const PART = "aria-roledescription", ATTRIBUTES = ["aria-label", "title", "placeholder", PART];
  const UNNAMED = [
    ["button:has(> div > img), button:has(> img)", "picture"],
    ["a.download-link", "download"],
    [".overflow-menu > button", "more-tabs"],
    ["[data-testid=toast-close]", "close"],
  ];
  const refused = /^\s*HTTP \d{3}: (\{.*\})\s*$/s; // what Gradio makes of our answer to an upload
  const said = (text) => {
    try {
      return JSON.parse(refused.exec(text)[1]).detail || text;
    } catch {
      return text; // no answer of ours
    }
  };
  const translate = (text) => {
    if (refused.test(text.nodeValue)) {
      text.nodeValue = said(text.nodeValue);
      text.parentElement.dataset.ours = "yes";
    }
    const found = known.find(
      ([pattern, , place]) => pattern.test(text.nodeValue) && (!place || text.parentElement?.closest(place)),
    );
    const told = found && text.nodeValue.replace(found[0], words[found[1]]);
    if (found && told !== text.nodeValue) text.nodeValue = told; // each change comes back here
  };
  const rename = (element, attribute) => {
    const value = element.getAttribute(attribute);
    if (value && attribute === "aria-label" && element.matches(TELLING)) return element.removeAttribute(attribute);
    const known = attribute === PART ? parts : names;
    const found = value && !element.dataset.ours && known.find(([pattern]) => pattern.test(value));
    if (!found) return;
    const told = found[1] && value.replace(found[0], words[found[1]]);
    if (!told) element.removeAttribute(attribute);
    else if (told !== value) element.setAttribute(attribute, told);
  };
  const nameIn = (element) => {
    for (const [selector, word] of UNNAMED)
      for (const each of [...(element.matches(selector) ? [element] : []), ...element.querySelectorAll(selector)])
        if (!each.hasAttribute("aria-label") && !each.textContent.trim() && !each.querySelector("img")?.alt)
          each.setAttribute("aria-label", words[word]);
    for (const attribute of ATTRIBUTES) {
      rename(element, attribute);
      for (const each of element.querySelectorAll(`[${attribute}]`)) rename(each, attribute);
    }
  };
  const translateIn = (element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) translate(walker.currentNode);
  };
  // What passes over the page and is neither ours, which ends with a code, nor known above, never reaches a person as it is.
  const CODED = /\[[a-z]+\.[a-z-]+\]\s*$/, HAN = /[\u4e00-\u9fff]/, TOAST = "[data-testid=toast-text]";
  const sayings = Object.values(words).filter((word) => word.length > 12);
  const judge = (place) => {
    const text = place.textContent.trim();
    const ours = CODED.test(text) || place.querySelector("[data-ours]") || place.dataset.ours || sayings.some((word) => text.includes(word));
    if (!text || ours) return;
    const isError = place.closest("[data-testid=toast-body]")?.classList.contains("error");
    if (!isError && (lang === "en" || HAN.test(text))) return;
    console.warn(`ocrweb: ${text}`);
    place.textContent = `${unknown.message} ${unknown.hint} [${unknown.code}]`;
  };
  const judgeIn = (element) => {
    const places = [element.closest(TOAST), ...element.querySelectorAll(TOAST)];
    new Set(places.filter(Boolean)).forEach(judge);
  };
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes, attributeName } of changes) {
      if (type === "characterData") translate(target);
      if (type === "attributes") rename(target, attributeName);
      for (const added of addedNodes) {
        if (added.nodeType === Node.TEXT_NODE) {
          translate(added);
          if (added.parentElement) judgeIn(added.parentElement);
        }
        if (added.nodeType === Node.ELEMENT_NODE) {
          if (!added.closest("table")) translateIn(added);
          nameIn(added);
          judgeIn(added);
        }
      }
    }
  }).observe(document, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
  });
})();
