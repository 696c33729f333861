// Gradio has a few words that it does not translate: the page's header brings them in the visitor's language.
(() => {
  const known = [
    [/^\s*Click to Access Webcam/, "webcam"],
    [/^\s*Uploading \d+ files?\.\.\./, "uploading"],
    [/^\s*processing \|/, "processing"],
    [/^\s*queue:(?= \d)/, "queue"],
    [/^\s*This application is currently busy\. Please try again\./, "busy"],
    [/^\s*Warning(?=\s|$)/, "warning", ".toast-title"],
    [/^\s*Info(?=\s|$)/, "info", ".toast-title"],
    [/^\s*Error(?=\s|$)/, "error", ".toast-title"],
  ];
  let words = null; // once the header is there
  const refused = /^\s*HTTP \d{3}: (\{.*\})\s*$/s; // what Gradio makes of our answer to an upload
  const said = (text) => {
    try {
      return JSON.parse(refused.exec(text)[1]).detail || text;
    } catch {
      return text; // no answer of ours
    }
  };
  const translate = (text) => {
    if (refused.test(text.nodeValue)) text.nodeValue = said(text.nodeValue);
    const found = known.find(
      ([pattern, , place]) => pattern.test(text.nodeValue) && (!place || text.parentElement?.closest(place)),
    );
    const told = found && text.nodeValue.replace(found[0], words[found[1]]);
    if (found && told !== text.nodeValue) text.nodeValue = told; // each change comes back here
  };
  const translateIn = (element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) translate(walker.currentNode);
  };
  new MutationObserver((changes) => {
    if (!words) {
      const header = document.querySelector(".ocrweb-header[data-words]");
      if (!header) return;
      words = JSON.parse(header.dataset.words);
      translateIn(document.body);
    }
    for (const { type, target, addedNodes } of changes) {
      if (type === "characterData") translate(target);
      for (const added of addedNodes) {
        if (added.nodeType === Node.TEXT_NODE) translate(added);
        if (added.nodeType === Node.ELEMENT_NODE && !added.closest("table")) translateIn(added);
      }
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
})();
