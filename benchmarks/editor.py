"""How soon the label editor shows the next picture, and how soon an edit is on the disk.

    ocrweb bench editor [--pictures 12] [--training] [--json]

A console of its own and a browser, pictures of 2,000 × 3,000 pixels with the labels they were drawn with. The next picture: from the key to
the frame after the one that shows it, when a person has rested a moment on the picture before, and at once, three keys in a row. An edit:
from the key that moves a box by a pixel to the change of the label file. --training measures the first while a training of another
dataset runs too.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
from playwright.sync_api import Page, sync_playwright

from benchmarks._home import data_root
from benchmarks._measure import finish, machine, say, spread, table
from benchmarks._watched_training import real_run
from ocrweb.data.icdar_write import write_split
from ocrweb.data.sample import Sample
from ocrweb.render.page import render_page
from ocrweb.services.datasets.sample_data import make_sample_data
from tests.browser import CHROMIUM_ARGUMENTS, chromium_path, running_console

SIZE = (3000, 2000)  # height, width
REST = 1500  # milliseconds a person looks at a picture at least
ROW = 3  # keys pressed at once
EDITS = 10
PATIENCE = 30.0
# Notes when a key was pressed, and when the picture that it asked for has been drawn; both in milliseconds since 1970.
WATCH = """() => {
  const now = (time) => performance.timeOrigin + time;
  document.addEventListener("keydown", (event) => { window.pressed = now(event.timeStamp); }, true);
  new MutationObserver(() => requestAnimationFrame(() => requestAnimationFrame((time) => { window.shown = now(time); })))
    .observe(document.querySelector("#canvas"), { attributes: true, attributeFilter: ["data-picture"] });
}"""


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    document: dict[str, Any] = {"benchmark": "editor", "machine": machine(), "pictures": given.pictures}
    with tempfile.TemporaryDirectory(prefix="ocrweb-bench-") as place:
        home = Path(place)
        say("drawing the pictures …")
        put_pictures(home / "datasets" / "pages", given.pictures)
        if given.training:
            make_sample_data(home / "datasets" / "bench", train=40, test=2, seed=1)
        with running_console(home) as console, data_root(home), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
            page = opened(browser.new_page(viewport={"width": 1440, "height": 900}, bypass_csp=True), console.url)
            document["edit to saved"] = told(edits(page, home / "datasets" / "pages"))
            document["next picture"] = told(rested(page, given.pictures - ROW - 2))
            document["next picture, keys in a row"] = told(in_a_row(page))
            if given.training:
                page = opened(page, console.url)
                with real_run():
                    document["next picture while training"] = told(rested(page, given.pictures - 2))
            browser.close()
    names = [name for name, values in document.items() if isinstance(values, dict) and "median_ms" in values]
    rows = [[name, *(str(document[name][key]) for key in ("median_ms", "worst_ms", "spread"))] for name in names]
    finish(
        "editor", document, table(["what", "median ms", "worst ms", "spread"], rows), as_json=given.json, out=given.out
    )
    return 0


def put_pictures(root: Path, count: int) -> None:
    root.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="ocrweb-bench-") as place:
        samples = []
        for number in range(count):
            drawn = render_page("receipt", number, SIZE)
            file = Path(place) / f"{number:02}.jpg"
            file.write_bytes(cv2.imencode(".jpg", drawn.pixels)[1].tobytes())
            samples.append(Sample(file, None, tuple(drawn.boxes)))
        write_split(root, "train", samples)
    write_split(root, "test", ())


def opened(page: Page, url: str) -> Page:
    """The editor on its first picture."""
    page.goto(f"{url}/labels/edit?dataset=pages&picture=train_images/00.jpg")
    page.wait_for_selector("body[data-ready]")
    page.evaluate(WATCH)
    page.wait_for_timeout(REST)
    return page


def rested(page: Page, count: int) -> list[float]:
    """Milliseconds of one picture after the other."""
    taken = []
    for _ in range(count):
        taken.append(go_on(page))
        page.wait_for_timeout(REST)
    return taken


def in_a_row(page: Page) -> list[float]:
    return [go_on(page) for _ in range(ROW)]


def go_on(page: Page) -> float:
    page.evaluate("window.shown = undefined")
    page.keyboard.press(".")
    page.wait_for_function("window.shown !== undefined", timeout=1000 * PATIENCE)
    return float(page.evaluate("window.shown - window.pressed"))


def edits(page: Page, dataset: Path) -> list[float]:
    """Milliseconds until the label file of the picture shown has another time of change, by the machine's clock."""
    file = dataset / "train_gts" / "00.txt"
    page.locator("#canvas").focus()
    page.keyboard.press("]")
    taken = []
    for number in range(EDITS):
        before = file.stat().st_mtime_ns
        page.keyboard.press("ArrowRight" if number % 2 == 0 else "ArrowLeft")
        deadline = time.monotonic() + PATIENCE
        while (saved := file.stat().st_mtime_ns) == before:
            if time.monotonic() > deadline:
                raise RuntimeError("the edit was not saved")
            time.sleep(0.001)
        taken.append(saved / 1e6 - float(page.evaluate("window.pressed")))
        page.wait_for_timeout(REST / 5)
    return taken


def told(milliseconds: list[float]) -> dict[str, float]:
    return {
        "median_ms": round(statistics.median(milliseconds), 1),
        "worst_ms": round(max(milliseconds), 1),
        "spread": round(spread(milliseconds), 2),
    }


def parse(arguments: Iterable[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="ocrweb bench editor", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=int, default=12)
    parser.add_argument("--training", action="store_true", help="while a training runs, too")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", type=Path)
    return parser.parse_args(None if arguments is None else list(arguments))


if __name__ == "__main__":
    sys.exit(main())
