"""A real console process and a real Chromium for the tests that look at the page."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Page, expect

ROOT = Path(__file__).parent.parent
PATIENCE = 60_000  # ms, of a page on a machine that may be busy; what is there already is seen at once
expect.set_options(timeout=PATIENCE)
CHROMIUMS = ("chromium", "chromium-browser", "chromium-headless-shell")  # figures are of what people have
WINDOWLESS_FIRST = CHROMIUMS[::-1]  # without windows to draw, a visit costs three quarters
CHROMIUM_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
SPARING = [
    "--in-process-gpu",
    "--js-flags=--min-semi-space-size=64 --single-threaded-gc --no-turbofan",
]  # a tenth of a visit's time


@dataclass(frozen=True)
class Console:
    """A running console: its address, data root, process and log."""

    url: str
    home: Path
    process: subprocess.Popen[bytes]
    log: Path


def open_tab(page: Page, name: str) -> None:
    """Open a tab by its name; on a phone from the menu of the tabs that do not fit."""
    page.wait_for_selector("#tabs [role=tab]")
    tab = page.get_by_role("tab", name=name, exact=True).first
    if not tab.count() or not tab.is_visible():
        page.locator("#tabs .overflow-menu > button").first.click()
        tab = page.locator("#tabs .overflow-dropdown button").filter(has_text=name).first
    tab.click()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def find_chromium(names: tuple[str, ...] = CHROMIUMS) -> str | None:
    """OCRWEB_CHROMIUM, else the first of these that is there."""
    return os.environ.get("OCRWEB_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def chromium_path(names: tuple[str, ...] = CHROMIUMS) -> str:
    """The browser to drive."""
    found = find_chromium(names)
    assert found, "Chromium is missing: bash run_tests.sh installs it"
    return found


def start_console(
    home: Path, *arguments: str, port: int | None = None, environment: dict[str, str] | None = None
) -> Console:
    """Start `app.py` and wait until a model is loaded."""
    port = port or free_port()
    log = home / "console.log"
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py"), "--port", str(port), *arguments],
            cwd=ROOT,
            env=os.environ | {"OCRWEB_HOME": str(home)} | (environment or {}),
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    console = Console(f"http://127.0.0.1:{port}", home, process, log)
    try:
        wait_ready(console)
    except BaseException:
        stop_console(console)
        raise
    return console


def wait_ready(console: Console, seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"{console.url}/healthz", timeout=5)
            return
        assert console.process.poll() is None, console.log.read_text(errors="replace")[-2000:]
        time.sleep(0.2)
    raise AssertionError(f"not ready after {seconds} s: {console.log.read_text(errors='replace')[-2000:]}")


def stop_console(console: Console) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(console.process.pid, signal.SIGTERM)
    try:
        console.process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(console.process.pid, signal.SIGKILL)
        console.process.wait(10)
    end_work_in(console.home)


def end_work_in(home: Path) -> None:
    """A training outlives its console, and would take the processor from all tests that follow."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if any(word.startswith(f"{home}{os.sep}") for word in process.cmdline()):
                process.kill()


@contextlib.contextmanager
def running_console(home: Path, *arguments: str) -> Iterator[Console]:
    console = start_console(home, *arguments)
    try:
        yield console
    finally:
        stop_console(console)


def kill_under(page: Page, console: Console) -> None:
    """Kill a console while a page of it is open, and mark that page, so that its reload can be seen."""
    page.evaluate("document.documentElement.dataset.console = 'killed'")
    os.killpg(console.process.pid, signal.SIGKILL)
    console.process.wait(10)


def wait_for_reload(page: Page) -> None:
    """The page loads itself again when its console is back; a visit of our own at that moment would hang."""
    expect(page.locator("html[data-console=killed]")).to_have_count(0)
