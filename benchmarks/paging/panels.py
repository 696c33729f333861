"""Names, sizes, colours and words of every panel."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect

from benchmarks.paging.visitor import PATIENCE, SHORT, TABS, visitor
from ocrweb.services.datasets.sample_data import make_sample_data
from tests.browser import running_console
from tests.ui.crawl import AXE, SERIOUS, named, show_all, wrong_here

BESIDE = {  # pages beside the console's, with what stands on each when it is there
    "labels/edit?dataset=pages": "body[data-ready]", "help/tutorial": "main", "help/troubleshooting": "main", "help/glossary": "main",
}  # fmt: skip
STILL = "* { transition: none !important; animation: none !important; }"  # colours at their end


def run_panels(browser: Browser) -> dict[str, Any]:
    """Findings of axe, and of a crawler that opens every panel: names, sizes, words that are not Chinese.

    Of a console of its own, with a dataset and a run that has come to its end.
    """
    serious: set[str] = set()
    others: set[str] = set()
    with (
        tempfile.TemporaryDirectory(prefix="ocrweb-bench-") as home,
        running_console(Path(home)) as console,
        visitor(browser, console) as one,
    ):
        make_sample_data(Path(home) / "datasets" / "pages", train=12, test=4, seed=5)
        one.lay({"dataset": "pages", **SHORT})
        ended = one.train("pages").locator("#training-status [data-state=finished]")
        expect(ended).to_be_visible(timeout=PATIENCE)
        names = named(console.home)
        for tab in TABS:
            page = one.go(tab)
            page.add_style_tag(content=STILL)
            page.evaluate(AXE.read_text(encoding="utf-8"))
            if tab == "datasets":
                page.get_by_role("gridcell", name="pages", exact=True).first.click()
                expect(page.locator("#dataset-chosen input")).to_have_value("pages")
            others |= {f"{tab}: {each}" for each in show_all(page, names)}
            for _ in range(2):
                serious |= {f"{tab}: {each}" for each in page.evaluate(SERIOUS, None)}
                page.locator("[data-face=theme]").click()
        for address, there in BESIDE.items():
            page.goto(f"{console.url}/{address}")
            page.wait_for_selector(there)
            page.add_style_tag(content=STILL)
            page.evaluate(AXE.read_text(encoding="utf-8"))
            if "glossary" not in address:  # which has each word in English too
                others |= {f"{address}: {each}" for each in wrong_here(page, names)}
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                serious |= {f"{address}, {theme}: {each}" for each in page.evaluate(SERIOUS, None)}
    return {
        "axe, serious or critical": len(serious), "names, sizes, foreign words": len(others),
        "found": sorted(serious | others),
    }  # fmt: skip
