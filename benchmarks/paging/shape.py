"""Jumps of the page while it loads, and its width on a phone."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, expect

from benchmarks.paging.visitor import TABS, visitor
from tests.browser import Console

QUIET = 4000.0  # milliseconds after which nothing jumps any more
SHIFTS = """() => {
  window.shifts = 0;
  new PerformanceObserver((list) => { for (const each of list.getEntries()) if (!each.hadRecentInput) window.shifts += each.value; })
    .observe({ type: "layout-shift", buffered: true });
}"""


def run_shape(browser: Browser, console: Console) -> dict[str, Any]:
    """Jumps of the page after it has begun to show, and how far it is wider than a phone."""
    shifts, wider = {}, 0
    for width in (1440, 390):
        for tab in TABS:
            with visitor(browser, console, width) as one:
                one.context.add_init_script(f"({SHIFTS})()")
                page = one.go(tab)
                expect(page.locator("#status-bar .ocrweb-status")).to_be_visible()
                page.wait_for_timeout(QUIET)
                shifts[f"{tab} at {width}"] = round(float(page.evaluate("window.shifts")), 4)
                wider = max(wider, int(page.evaluate("document.documentElement.scrollWidth - innerWidth")))
    worst = max(shifts, key=lambda name: shifts[name])
    return {"largest layout shift": shifts[worst], "where": worst, "wider than a phone, px": wider, "shifts": shifts}
