// Every tab and what it shows has an address: ?tab=training&run=NAME. Back, reload and a link sent on go where people expect.
(() => {
  const OF_TAB = { single: ["model"], batch: ["batch"], datasets: ["dataset"], training: ["run"], models: ["entry"], exporting: ["export"] };
  const EACH = 100, STAYS = 10; // milliseconds, looks
  const FIRST = "single"; // the tab that the framework brings to the front
  const shown = {}; // what each tab shows, by the name that it has in the address
  const asked = () => new URLSearchParams(location.search);
  const tabNow = () => (OF_TAB[asked().get("tab")] ? asked().get("tab") : FIRST);
  const address = (tab) => {
    const query = new URLSearchParams(location.search);
    for (const name of ["tab", ...Object.values(OF_TAB).flat()]) query.delete(name);
    query.set("tab", tab);
    for (const name of OF_TAB[tab]) if (shown[name]) query.set(name, shown[name]);
    return `${location.pathname}?${query}`;
  };
  for (const name of Object.values(OF_TAB).flat()) if (asked().get(name)) shown[name] = asked().get(name);
  const buttonOf = (tab) =>
    [...document.querySelectorAll(`#tabs [data-tab-id="${tab}"]`)].find(
      (each) => !each.closest(".visually-hidden, [aria-hidden=true]") && each.checkVisibility(),
    );
  const buttonNow = () => buttonOf(tabNow());
  const inFront = () => document.querySelector("#tabs [data-tab-id][aria-selected=true]")?.dataset.tabId;
  const open = () => {
    const button = buttonNow();
    button?.click();
    const field = document.querySelector("#address textarea, #address input");
    if (!field) return;
    // The same address twice is two visits. A tab that waits in the menu of a narrow page is opened by the answer.
    field.value = `${asked()}&visit=${performance.now()}${button ? "&opened=1" : ""}`;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  let arrived = !asked().get("tab"); // the first tab is in front for a moment before the one that is asked for
  window.ocrwebAddress = {
    // A tab has come to the front. The word may come late, when another is there already.
    tab: (tab) => {
      if (buttonOf(tab) && buttonOf(tab).getAttribute("aria-selected") !== "true") return;
      if (arrived && tab !== tabNow()) history.pushState(null, "", address(tab));
    },
    // Whether the tab of the page's address has come to stay.
    settled: () => arrived,
    // Whether it is in front now.
    inFront: () => inFront() === tabNow(),
    // Open a tab for the visitor, as a link of the page does.
    go: (tab) => {
      if (tab === tabNow()) return;
      arrived = true;
      history.pushState(null, "", address(tab));
      open();
    },
    // A tab shows something else. Not the visitor's step: it takes the place of the address.
    shows: (name, value) => {
      shown[name] = value;
      if (OF_TAB[tabNow()].includes(name)) history.replaceState(null, "", address(tabNow()));
    },
  };
  // While the page comes up the framework brings its first tab to the front, whatever was opened before: the one that is
  // asked for is opened until it stays, or until the visitor opens another, also by a button on it.
  let stayed = 0, pressed = false;
  const arrive = () => {
    if (arrived) return;
    if (pressed && ![undefined, FIRST, tabNow()].includes(inFront())) {
      arrived = true;
      window.ocrwebAddress.tab(inFront());
      return;
    }
    const tabs = [...document.querySelectorAll("#tabs [data-tab-id]")].some((each) => each.checkVisibility());
    const button = buttonNow();
    stayed = button?.getAttribute("aria-selected") === "true" ? stayed + 1 : 0;
    if (stayed === STAYS) arrived = true;
    else if (button && !stayed) button.click();
    else if (tabs && !button) {
      arrived = true;
      open(); // it waits in the menu of a narrow page
    }
    setTimeout(arrive, EACH);
  };
  arrive();
  document.addEventListener("click", (event) => {
    if (!event.isTrusted) return;
    if (event.target.closest?.("#tabs [role=tab], #tabs .overflow-menu")) arrived = true;
    pressed ||= inFront() === tabNow();
  }, true);
  window.addEventListener("popstate", open);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-go]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    window.ocrwebAddress.go(link.dataset.go);
  });
})();
