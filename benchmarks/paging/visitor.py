"""A visitor with a mouse, whose clicks are counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from ocrweb.config.loader import dump_yaml
from ocrweb.config.training import TrainingConfig
from tests.browser import Console

TABS = ("single", "batch", "datasets", "training", "models", "exporting")
FIRST = {  # what stands on each tab
    "single": "#single-picture", "batch": "#batch-files", "datasets": "#dataset-add", "training": "#training-preset",
    "models": "#models-table", "exporting": "#export-start",
}  # fmt: skip
PATIENCE = 180_000.0  # milliseconds for an answer
SHORT = {
    "crop_size": 128, "epochs": 2, "learning_rate": 0.0001, "evaluation": {"limit_side": 320}, "loader": {"workers": 0},
}  # fmt: skip
LONG = SHORT | {"epochs": 10_000}


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

    def train(self, dataset: str) -> Page:
        """Start a run with the settings that this browser keeps."""
        page = self.go("training")
        expect(page.locator("#training-dataset input")).to_have_value(dataset)  # what the browser kept is there
        self.click("#training-start")
        expect(page.locator("#training-status [data-state=running]")).to_be_visible()
        return page


@contextmanager
def visitor(browser: Browser, console: Console, width: int = 1440) -> Iterator[Visitor]:
    made = Visitor(browser, console, width)
    yield made
    made.context.close()
