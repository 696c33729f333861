"""How soon a click shows."""

from __future__ import annotations

from math import inf
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from benchmarks.paging.visitor import LONG, TABS, Visitor, visitor
from tests.browser import Console

# From the moment at which a click is heard to the first frame in which something on the page is another.
REACTION = """() => document.addEventListener("click", (event) => {
  if (!event.isTrusted || event.target.type === "file") return;
  const began = performance.now();
  window.reacted = undefined;
  const frame = (changes) => {
    if (changes.every(({ target }) => target.parentElement?.closest("#status-bar, #rail"))) return;
    seen.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => { window.reacted = performance.now() - began; }));
  };
  const seen = new MutationObserver(frame);
  seen.observe(document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true });
}, true)"""


def run_speed(browser: Browser, console: Console) -> dict[str, Any]:
    """The slowest reaction to a click, at rest and while a training runs."""
    with visitor(browser, console) as one:
        quiet = _slowest(one)
        one.lay(
            LONG | {"dataset": "pages", "name": "long"}, "long.yml"
        )  # after the clicks, of which some choose a dataset
        one.train("pages")
        busy = _slowest(one)
        one.go("training")
        one.click("#training-stop")
        one.click(one.page.get_by_role("button", name="确定停止"))
        expect(one.page.locator("#training-status [data-state=stopped]")).to_be_visible()
    return {"slowest click, s": quiet, "slowest click while training, s": busy}


def _slowest(one: Visitor) -> str:
    """Every tab, every view within one, every fold and button that starts nothing long is clicked once: seconds, and where."""
    page, took = one.go(), {}
    page.evaluate(REACTION)
    targets = "[role=tabpanel] [role=tab], .label-wrap, #single-start, #dataset-table [role=gridcell], #training-recheck, #training-copy"
    for tab in TABS:
        took |= _reaction(page, page.locator(f"#tabs [data-tab-id={tab}]:visible").first, tab)
        for number in range(page.locator(f"{targets} >> visible=true").count()):
            took |= _reaction(page, page.locator(f"{targets} >> visible=true").nth(number), tab)
    worst = max(took, key=lambda name: took[name])
    return f"{took[worst]:.3f} ({worst}; {len(took)} clicks, median {median(took.values()):.3f})"


def _reaction(page: Page, target: Locator, tab: str) -> dict[str, float]:
    """Seconds by what was clicked, infinite where nothing showed; nothing for what is gone, off or chosen already."""
    if not target.count() or target.get_attribute("aria-selected") == "true" or target.is_disabled():
        return {}
    name = f"{tab}: {' '.join((target.inner_text() or target.get_attribute('id') or '?').split())}"
    page.evaluate("window.reacted = undefined")
    target.click()
    try:
        page.wait_for_function("window.reacted !== undefined", timeout=10_000)
    except PlaywrightTimeout:
        return {name: inf}
    return {name: float(page.evaluate("window.reacted")) / 1000}
