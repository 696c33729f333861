"""Troubles brought about for real, and what the page says of each: where one looks, with the way on."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from benchmarks.faults.stage import fill, mounted
from benchmarks.paging.visitor import SHORT, Visitor, visitor
from ocrweb.services.datasets.sample_data import make_sample_data
from tests.browser import Console, kill_under, start_console, stop_console

DISK = 2048  # MiB: a training does not start with less than one GiB
COLLAPSED = 600_000.0  # milliseconds until a training has destroyed the model
FALL = SHORT | {
    "dataset": "pages", "name": "fall", "epochs": 200, "batch_size": 2, "learning_rate": 0.1,
    "evaluation": {"limit_side": 736, "every_steps": 4},
}  # fmt: skip
SAID = ".ocrweb-problem, .ocrweb-warning, [data-cause], [data-state=failed], .ocrweb-band"


def run_trouble(browser: Browser) -> dict[str, Any]:
    """What was said of each trouble where it was looked for; `silent` where nothing was in sight."""
    told: dict[str, Any] = {}
    with small_disk() as home:
        make_sample_data(home / "datasets" / "pages", train=12, test=4, seed=5)
        console = start_console(home)
        try:
            with visitor(browser, console) as one:
                told |= _collapse(one)
                told |= _full_disk(one)
            for ballast in home.glob("ballast"):
                ballast.unlink()
            with visitor(browser, console) as one:
                told |= _update(one)
                told |= _lost(one, console)
                console = start_console(home, port=int(console.url.rsplit(":", 1)[1]))
                told |= _back(one)
        finally:
            stop_console(console)
    return told | {"silent": sum(words == "" for words in told.values())}


@contextmanager
def small_disk() -> Iterator[Path]:
    """A data root on a disk of its own. Raises PermissionError where this user may not mount one."""
    place = Path(tempfile.mkdtemp(prefix="ocrweb-bench-"))
    if not mounted(place, DISK):
        raise PermissionError("a disk to fill can be mounted by root alone: try unshare --map-root-user --mount")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=False)
        shutil.rmtree(place, ignore_errors=True)


def _collapse(one: Visitor) -> dict[str, str]:
    one.lay(FALL, "fall.yml")
    said = one.train("pages").locator("[data-cause='result.collapsed']").first
    return {"a training that collapses": _in_sight(said, COLLAPSED)}


def _full_disk(one: Visitor) -> dict[str, str]:
    """The disk fills while the training runs; then what a visitor does on each tab."""
    page, told = one.page, {}
    fill(one.console.home / "ballast")
    told["full disk: the training that runs"] = _in_sight(page.locator("#training-status [data-state=failed]"))
    deeds: dict[str, Callable[[], None]] = {
        "training": lambda: one.click("#training-start"),
        "single": lambda: one.click("#single-examples .gallery-item"),
        "batch": lambda: _batch(one),
        "datasets": lambda: _look(one),
        "exporting": lambda: one.click("#export-start"),
    }
    for tab, deed in deeds.items():
        one.go(tab)
        deed()
        told[f"full disk: {tab}"] = _in_sight(page.locator(SAID))
    return told


def _batch(one: Visitor) -> None:
    one.page.locator("#batch-folder textarea, #batch-folder input").first.fill("datasets/pages/train_images")
    one.click("#batch-start")


def _look(one: Visitor) -> None:
    """The pictures of a dataset, which are drawn into files."""
    one.page.goto(f"{one.console.url}/?tab=datasets&dataset=pages")
    expect(one.page.locator("#dataset-chosen input")).to_have_value("pages")
    one.click("#dataset-views [role=tab] >> nth=1")


def _update(one: Visitor) -> dict[str, str]:
    page = one.go()
    page.evaluate("ocrwebWords.build = 'an earlier one'")
    return {"an updated console": _in_sight(page.locator(".ocrweb-band button"))}


def _lost(one: Visitor, console: Console) -> dict[str, str]:
    page = one.go()
    kill_under(page, console)
    return {"a lost connection": _in_sight(page.locator(".ocrweb-band button"))}


def _back(one: Visitor) -> dict[str, str]:
    """Of the page whose console has been started again."""
    expect(one.page.locator("html[data-console=killed]")).to_have_count(0)
    return {"and the page when it is back": _in_sight(one.page.locator("#single-start"))}


def _in_sight(said: Locator, patience: float = 60_000.0) -> str:
    """The words of the first that is in the window; none when nothing comes."""
    with suppress(PlaywrightTimeout, AssertionError):
        one = said.locator("visible=true").first
        expect(one).to_be_in_viewport(timeout=patience)
        return " ".join(one.inner_text().split())
    return ""
