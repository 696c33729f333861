"""One console and one Chromium for all tests of the page."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright

from ocrweb.rundir import names
from ocrweb.rundir.events import EventWriter
from ocrweb.rundir.status import read_status, write_status
from ocrweb.services.datasets.sample_data import make_sample_data
from tests.browser import (
    CHROMIUM_ARGUMENTS,
    PATIENCE,
    SPARING,
    WINDOWLESS_FIRST,
    Console,
    chromium_path,
    running_console,
)
from tests.services.training.made_runs import make_run, step_event
from tests.ui.desk import Desk

QUIET_ENDS = ("/favicon", "/manifest.json")  # asked for by the browser itself
# A document that is left (a reload, another address) has its streams cut, and Gradio's client writes that to the console.
LEFT = "addEventListener('beforeunload', () => { console.error = () => {}; })"
STREAMS, CUT = (
    ("/gradio_api/queue/data", "/gradio_api/heartbeat/"),
    "ERR_INCOMPLETE_CHUNKED_ENCODING",
)  # and so does the browser


@pytest.fixture(scope="session")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """With the tools of MCP; consoles that tests have for themselves go without."""
    with running_console(tmp_path_factory.mktemp("home"), "--mcp") as running:
        yield running


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console with a dataset and with a finished run that has curves and pictures."""
    home = tmp_path_factory.mktemp("furnished")
    make_sample_data(home / "datasets" / "pages", train=4, test=2, seed=5)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OCRWEB_HOME", str(home))
        run = make_run("20260101_000000_walk")
        writer = EventWriter(run / names.EVENTS)
        for step in range(10, 60, 10):
            step_event(writer, step, 100 / step)
        scores = {"hmean": 0.8, "precision": 0.9, "recall": 0.72}
        writer.write("eval", 50, epoch=1, **scores, thresholds={}, best=0.8)
        best = {**scores, "step": 50, "epoch": 1}
        write_status(
            run, replace(read_status(run), step=50, steps=50, epoch=1, epochs=1, loss=2.0, memory=0.5, best=best)
        )
        for number, picture in enumerate(sorted((home / "datasets" / "pages" / "test_images").iterdir())):
            shutil.copyfile(picture, run / names.SAMPLES / f"step_000050_{number}.jpg")
    with running_console(home) as console:
        yield console


@pytest.fixture(scope="session")
def built_page(tmp_path_factory: pytest.TempPathFactory) -> gr.Blocks:
    """The whole page, for tests that need no browser: they call its handlers (`Desk`) or look at its widgets."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OCRWEB_HOME", str(tmp_path_factory.mktemp("built")))
        from ocrweb.ui.page.app import build_page

        return build_page(open_to_all=False)


@pytest.fixture
def desk(built_page: gr.Blocks) -> Desk:
    """The whole page, used without a browser."""
    return Desk(built_page)


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path=chromium_path(WINDOWLESS_FIRST), args=[*CHROMIUM_ARGUMENTS, *SPARING]
    )
    new_context = browser.new_context

    def patient(**wishes: Any) -> BrowserContext:
        """With as long for each deed and each page as `expect` has."""
        context = new_context(**wishes)
        context.set_default_timeout(PATIENCE)
        return context

    browser.new_context = patient  # type: ignore[method-assign]
    yield browser
    browser.close()


@pytest.fixture(autouse=True)
def no_page_stays_open(request: pytest.FixtureRequest) -> Iterator[None]:
    """One that a failed test leaves open would take a fifth of a processor from all that follow."""
    browser = request.getfixturevalue("chromium") if "chromium" in request.fixturenames else None
    yield
    for context in browser.contexts if browser else ():
        context.close()


def is_error(message: ConsoleMessage) -> bool:
    return message.type == "error" and not (
        CUT in message.text and any(at in message.location["url"] for at in STREAMS)
    )


@pytest.fixture
def visit(chromium: Browser, console: Console) -> Iterator[Callable[..., Page]]:
    """Open the page as a visitor; at the end the browser's console must hold no error."""
    contexts, errors = [], []

    def open_page(lang: str = "en-US", width: int = 1440, height: int = 1000, url: str = "") -> Page:
        context = chromium.new_context(locale=lang, viewport={"width": width, "height": height}, accept_downloads=True)
        context.add_init_script(LEFT)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: errors.append(message.text) if is_error(message) else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url or console.url, wait_until="domcontentloaded")
        page.wait_for_selector("#tabs")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not [error for error in errors if not any(end in error for end in QUIET_ENDS)], errors


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A clear printed page of six lines, 640×480."""
    import cv2
    import numpy as np

    page = np.full((480, 640, 3), 250, np.uint8)
    for number in range(6):
        cv2.putText(
            page,
            f"Line {number + 1}: total 12.50",
            (40, 70 + 70 * number),
            cv2.FONT_HERSHEY_SIMPLEX,
            1.1,
            (20, 20, 20),
            2,
        )
    path = tmp_path / "页面 1.png"
    path.write_bytes(cv2.imencode(".png", page)[1].tobytes())
    return path
