"""Clicks from the first screen to a result, by the shortest way."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Browser, expect

from benchmarks.paging.visitor import SHORT, Visitor, visitor
from tests.browser import Console

TRAINED = 600_000.0  # milliseconds for the end of a short training


def run_clicks(browser: Browser, console: Console) -> dict[str, int]:
    """Clicks from the first screen on, by the shortest way."""
    picture = next((console.home / "datasets" / "pages" / "test_images").iterdir())
    archive = Path(shutil.make_archive(str(console.home / "clean"), "zip", console.home / "datasets", "pages"))
    counted = {}
    with visitor(browser, console) as one:
        page = one.go()
        one.choose("#single-picture button", picture)
        expect(page.locator("#single-boxes ocrweb-viewer[data-ready]")).to_be_visible()
        counted["boxes on own picture"] = one.clicks
    for name, way in (("labelled zip to model in use", _by_zip), ("pictures to model in use", _by_pictures)):
        with visitor(browser, console) as one:
            one.lay(SHORT)
            one.go()
            way(one, archive if way is _by_zip else picture)
            one.click("#training-start")
            expect(one.page.locator("#training-status [data-state=finished]")).to_be_visible(timeout=TRAINED)
            one.click("#training-use")
            expect(one.page.locator("#single-start")).to_be_visible()
            counted[name] = one.clicks
    return counted


def _by_zip(one: Visitor, archive: Path) -> None:
    one.choose('#single-result [data-press*="dataset-zip"]', archive)
    one.click("#dataset-train")


def _by_pictures(one: Visitor, picture: Path) -> None:
    one.choose('#single-result [data-press*="autolabel"]', picture)
    one.click("#dataset-label")
    one.page.wait_for_selector("body[data-ready]")
    if one.page.locator("#accept-sure").is_visible():
        one.click("#accept-sure")
        one.click("[data-answer=yes]")
    else:  # nothing was sure: looked at and accepted by one key, as a correction would be
        one.clicks += 2
        one.page.keyboard.press("Enter")
    one.click("#train")
