"""A real console process, asked over HTTP and looked at in a real browser: its memory, and its slider."""

from __future__ import annotations

import contextlib
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import psutil

from benchmarks._measure import Times, table
from benchmarks._pictures import Pictures
from ocrweb.config.detection import ResizeOptions
from ocrweb.errors import OcrwebError
from ocrweb.imaging.picture import read_picture
from tests.browser import find_chromium

COUNTS = (50, 100, 200, 500)
SIDES = (300, 2400)
READY = 120.0


def run_memory(shown: Pictures, resize: ResizeOptions, rounds: int) -> tuple[dict[str, Any], str]:
    """Resident memory of the console after 50 and after 500 pictures of mixed sizes, sent to its API."""
    from gradio_client import Client, handle_file

    dice = random.Random(0)
    with console() as served, tempfile.TemporaryDirectory() as place:
        client = Client(served.url, verbose=False, download_files=False)
        resident: dict[int, float] = {}
        file = Path(place) / "picture.jpg"
        for number in range(1, COUNTS[-1] + 1):
            pixels = read_picture(shown.files[number % len(shown.files)]).pixels
            cv2.imwrite(str(file), cv2.resize(pixels, (dice.randint(*SIDES), dice.randint(*SIDES))))
            client.predict(handle_file(file), limit_side=resize.limit_side, api_name="/detect")
            if number in COUNTS:
                resident[number] = served.process.memory_info().rss / 2**20
        client.close()
    growth = resident[COUNTS[-1]] / resident[COUNTS[0]]
    document = {
        "resident_mib": {str(number): round(value, 1) for number, value in resident.items()},
        "growth": round(growth, 3),
    }
    rows = [[str(number), f"{value:.0f}"] for number, value in resident.items()]
    text = table(["pictures", "resident MiB of the console"], rows)
    return document, f"{text}\n{COUNTS[-1]} against {COUNTS[0]}: {growth:.3f} ×"


def run_slider(shown: Pictures, resize: ResizeOptions, rounds: int) -> tuple[dict[str, Any], str]:
    """In Chromium: from the release of the threshold slider until the picture with the new boxes has been drawn."""
    from playwright.sync_api import sync_playwright

    browser_path = find_chromium()
    if browser_path is None:
        raise OcrwebError("bench.no-browser")
    times = Times()
    with console() as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-US")
        page.goto(served.url)
        for index, path in enumerate(shown.files[:5]):
            page.locator("#single-picture input[type=file]").first.set_input_files(path)
            page.wait_for_selector("#single-save-json:not([disabled])")
            page.wait_for_timeout(1500)
            for turn in range(2 * rounds + 1):
                seconds = page.evaluate(MOVE_AND_WAIT, 0.3 if turn % 2 else 0.2) / 1000
                if turn:
                    times.add(index, seconds)
                page.wait_for_timeout(1000)
            page.reload()
        browser.close()
    document = times.to_dict()
    return (
        document,
        f"slider released → new boxes on the screen: {times.median_ms():.0f} ms ({times.quiet_ms():.0f} quiet)",
    )


# The moment of release is taken in the page, and the end when the new picture has been decoded and a frame was drawn.
MOVE_AND_WAIT = """async value => {
  const slider = document.querySelector('#single-threshold input[type=range]');
  const shown = () => document.querySelector('#single-boxes ocrweb-viewer')?.dataset.ready;
  const before = shown();
  slider.value = value;
  slider.dispatchEvent(new Event('input', {bubbles: true}));
  await new Promise(requestAnimationFrame);
  const start = performance.now();
  slider.dispatchEvent(new PointerEvent('pointerup', {bubbles: true}));
  while (shown() === before || !shown()) {
    if (performance.now() - start > 10000) throw new Error('no new boxes');
    await new Promise(done => setTimeout(done, 1));
  }
  await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""


@dataclass(frozen=True)
class Served:
    """A running console."""

    port: int
    process: psutil.Process

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def busy_percent(self, seconds: float) -> float:
        """Percent of one core that its process uses for so long from now."""
        before, began = sum(self.process.cpu_times()[:4]), time.monotonic()
        time.sleep(seconds)
        return round(100 * (sum(self.process.cpu_times()[:4]) - before) / (time.monotonic() - began), 2)


@contextlib.contextmanager
def console(home: Path | None = None, port: int = 0) -> Iterator[Served]:
    """A console of its own, ready with its model. home: its data root; None: a new one that goes with it."""
    if not port:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
    with contextlib.ExitStack() as stack:
        place = home or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ocrweb-bench-")))
        log = stack.enter_context((place / "console.log").open("wb"))
        child = subprocess.Popen(
            [sys.executable, "-m", "ocrweb", "serve", "--port", str(port)],
            env=os.environ | {"OCRWEB_HOME": str(place)}, stdout=log, stderr=log,
        )  # fmt: skip
        served = Served(port, psutil.Process(child.pid))
        try:
            _wait_ready(served.url, child, place / "console.log")
            yield served
        finally:
            child.terminate()
            child.wait(30)


def _wait_ready(url: str, child: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + READY
    while child.poll() is None and time.monotonic() < end:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            if urllib.request.urlopen(f"{url}/healthz", timeout=5).status == 200:
                return
        time.sleep(0.2)
    raise RuntimeError(log.read_text(errors="replace")[-2000:])
