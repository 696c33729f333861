"""What the page asks of a visitor: clicks to a result, how soon a click shows, jumps while it loads, its width on a phone, names and colours.

    python -m benchmarks.page [--parts clicks speed shape panels] [--out DIR]

Of a console of its own with a rendered dataset and a run. A click is what a mouse would press, the one that opens the chooser of
files among them; settings that make the training short are laid into the form before and are none.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from benchmarks._measure import finish, machine, say, table
from ocrweb.config.loader import dump_yaml
from ocrweb.config.training import TrainingConfig
from ocrweb.services.datasets.sample_data import make_sample_data
from tests.browser import CHROMIUM_ARGUMENTS, Console, chromium_path, running_console
from tests.ui.page.test_whole_page import AXE, SERIOUS, show_all, wrong_here

PARTS = ("clicks", "speed", "shape", "panels")
TABS = ("single", "batch", "datasets", "training", "models", "exporting")
FIRST = {  # what stands on each tab
    "single": "#single-picture", "batch": "#batch-files", "datasets": "#dataset-add", "training": "#training-preset",
    "models": "#models-table", "exporting": "#export-start",
}  # fmt: skip
PATIENCE, TRAINED = 180_000.0, 600_000.0  # milliseconds: for an answer, for the end of a short training
BESIDE = {  # pages beside the console's, with what stands on each when it is there
    "labels/edit?dataset=pages": "body[data-ready]", "help/tutorial": "main", "help/troubleshooting": "main", "help/glossary": "main",
}  # fmt: skip
STILL = "* { transition: none !important; animation: none !important; }"  # colours at their end
QUIET = 4000.0  # milliseconds after which nothing jumps any more
SHORT = {
    "crop_size": 128, "epochs": 2, "learning_rate": 0.0001, "evaluation": {"limit_side": 320}, "loader": {"workers": 0},
}  # fmt: skip
LONG = SHORT | {"epochs": 10_000}
SHIFTS = """() => {
  window.shifts = 0;
  new PerformanceObserver((list) => { for (const each of list.getEntries()) if (!each.hadRecentInput) window.shifts += each.value; })
    .observe({ type: "layout-shift", buffered: true });
}"""
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


class Visitor:
    """A page, and what was clicked on it."""

    def __init__(self, browser: Browser, console: Console, width: int = 1440) -> None:
        self.context = browser.new_context(
            locale="zh-CN", viewport={"width": width, "height": 900}, bypass_csp=True, color_scheme="light"
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.console, self.clicks = console, 0

    def go(self, tab: str = "single") -> Page:
        self.page.goto(f"{self.console.url}/?tab={tab}")
        expect(self.page.locator(f"{FIRST[tab]} >> visible=true").first).to_be_visible()
        return self.page

    def click(self, target: str | Locator) -> None:
        (self.page.locator(target).first if isinstance(target, str) else target).click()
        self.clicks += 1

    def choose(self, target: str | Locator, *files: Path) -> None:
        """A click that opens the chooser, and files in it."""
        with self.page.expect_file_chooser() as chosen:
            self.click(target)
        chosen.value.set_files(files)

    def lay(self, settings: dict[str, Any], name: str = "short.yml") -> None:
        """Settings into the training form, which this browser keeps."""
        page = self.go("training")
        file = self.console.home / name
        file.write_text(dump_yaml(TrainingConfig.model_validate(settings)), encoding="utf-8")
        page.locator("#training-command-box button").first.click()
        page.locator("input[type=file]:has(+ #training-upload)").set_input_files(file)
        expect(page.locator("#training-said")).to_contain_text(name)
        expect(page.locator("#training-command")).to_contain_text(
            f"epochs={settings['epochs']}"
        )  # kept by the browser now


@contextmanager
def visitor(browser: Browser, console: Console, width: int = 1440) -> Iterator[Visitor]:
    made = Visitor(browser, console, width)
    yield made
    made.context.close()


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


def run_speed(browser: Browser, console: Console) -> dict[str, Any]:
    """The slowest reaction to a click, at rest and while a training runs."""
    with visitor(browser, console) as one:
        one.lay(LONG | {"dataset": "pages", "name": "long"}, "long.yml")
        quiet = _slowest(one)
        page = one.go("training")
        expect(page.locator("#training-dataset input")).to_have_value("pages")  # what the browser kept is there
        one.click("#training-start")
        expect(one.page.locator("#training-status [data-state=running]")).to_be_visible()
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


def run_panels(browser: Browser, console: Console) -> dict[str, Any]:
    """Findings of axe, and of a crawler that opens every panel: names, sizes, words that are not Chinese."""
    serious: set[str] = set()
    others: set[str] = set()
    with visitor(browser, console) as one:
        for tab in TABS:
            page = one.go(tab)
            page.add_style_tag(content=STILL)
            page.evaluate(AXE.read_text(encoding="utf-8"))
            if tab == "datasets":
                page.get_by_role("gridcell", name="pages", exact=True).first.click()
                expect(page.locator("#dataset-chosen input")).to_have_value("pages")
            others |= {f"{tab}: {each}" for each in show_all(page)}
            for _ in range(2):
                serious |= {f"{tab}: {each}" for each in page.evaluate(SERIOUS, None)}
                page.locator("[data-face=theme]").click()
        for address, there in BESIDE.items():
            page.goto(f"{console.url}/{address}")
            page.wait_for_selector(there)
            page.add_style_tag(content=STILL)
            page.evaluate(AXE.read_text(encoding="utf-8"))
            if "glossary" not in address:  # which has each word in English too
                others |= {f"{address}: {each}" for each in wrong_here(page)}
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                serious |= {f"{address}, {theme}: {each}" for each in page.evaluate(SERIOUS, None)}
    return {
        "axe, serious or critical": len(serious), "names, sizes, foreign words": len(others),
        "found": sorted(serious | others),
    }  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    document: dict[str, Any] = {"benchmark": "page", "machine": machine()}
    parts = {"clicks": run_clicks, "speed": run_speed, "shape": run_shape, "panels": run_panels}
    with tempfile.TemporaryDirectory(prefix="ocrweb-bench-") as home, sync_playwright() as playwright:
        make_sample_data(Path(home) / "datasets" / "pages", train=12, test=4, seed=5)
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        with running_console(Path(home)) as console:
            for part in given.parts:
                say(f"{part} …")
                document[part] = parts[part](browser, console)
        browser.close()
    rows = [[part, name, str(value)] for part in given.parts for name, value in document[part].items()]
    finish("page", document, table(["part", "what", "measured"], rows), as_json=given.json, out=given.out)
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.page", description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", type=Path)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
