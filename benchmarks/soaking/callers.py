"""Those who call the console during a soak: raw HTTP, the client library, an open page; and who uploads and who trains."""

from __future__ import annotations

import contextlib
import json
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2

from benchmarks._served import Served
from benchmarks._visitor import Visitor, codes_in, value_of
from benchmarks.faults import material
from benchmarks.soaking.samples import Sampler
from ocrweb.rundir.status import read_status
from tests.browser import find_chromium

AHEAD = 0.05  # of the work: nobody gets further ahead of the others, so that the mixture stays the same
DEED_LIMIT = 300.0
KEPT_DATASETS = 5
BY_CLIENT, BY_BROWSER = 0.3, 0.02  # shares of the detections


@dataclass(frozen=True)
class Amounts:
    detections: int
    uploads: int
    runs: int

    def scaled(self, scale: float) -> Amounts:
        return Amounts(*(max(1, round(scale * whole)) for whole in (self.detections, self.uploads, self.runs)))


@dataclass
class Done:
    """by: detections of each kind of caller. failures: what went wrong, in words."""

    detections: int = 0
    uploads: int = 0
    runs: int = 0
    by: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0


class Work:
    """Who has done how much; a caller who is too far ahead waits."""

    def __init__(self, amounts: Amounts, sampler: Sampler) -> None:
        self.amounts, self.done, self._sampler = amounts, Done(), sampler
        self._lock = threading.Lock()
        self._given = 0

    def next_detection(self) -> int | None:
        """The number of a detection to make, None when all are given out."""
        with self._lock:
            if self._given >= self.amounts.detections:
                return None
            self._given += 1
            number = self._given
        self._wait_for_others(number / self.amounts.detections)
        return number

    def finished(self, kind: str, by: str = "") -> None:
        with self._lock:
            setattr(self.done, kind, getattr(self.done, kind) + 1)
            if by:
                self.done.by[by] += 1
            self._sampler.share = self.share()

    def failed(self, what: str) -> None:
        with self._lock:
            self.done.failures.append(what[:300])

    def share(self) -> float:
        return min(getattr(self.done, kind) / getattr(self.amounts, kind) for kind in ("detections", "uploads", "runs"))

    def keep_pace(self, kind: str) -> None:
        """Before the next upload or run: not before the detections have come so far."""
        self._wait_for_others((getattr(self.done, kind) + 1) / getattr(self.amounts, kind))

    def _wait_for_others(self, share: float) -> None:
        step = max(1 / getattr(self.amounts, kind) for kind in ("detections", "uploads", "runs"))
        deadline = time.monotonic() + DEED_LIMIT
        while share > self.share() + step + AHEAD and time.monotonic() < deadline:
            time.sleep(0.05)


def mixed_work(
    console: Served, amounts: Amounts, sampler: Sampler, *, browser: bool, say: Callable[[str], None]
) -> Done:
    """Everything at the same time, until all amounts are done."""
    work, began = Work(amounts, sampler), time.monotonic()
    callers: list[Callable[[], None]] = [
        lambda: detect_raw(console, work, 1), lambda: detect_raw(console, work, 2), lambda: detect_by_client(console, work),
        lambda: upload(console, work), lambda: train(console, work),
    ]  # fmt: skip
    over = threading.Event()
    page = threading.Thread(target=watch_page, args=(console, work, over), daemon=True)
    if browser:
        page.start()
    threads = [threading.Thread(target=guarded, args=(caller, work), daemon=True) for caller in callers]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        time.sleep(10 if amounts.detections > 200 else 3)
        done = work.done
        say(
            f"{done.detections} detections, {done.uploads} uploads, {done.runs} runs, {sampler.now().resident >> 20} MiB"
        )
    sampler.share = 1.0
    time.sleep(5)
    over.set()
    if browser:
        page.join(60)
    work.done.seconds = time.monotonic() - began
    return work.done


def guarded(caller: Callable[[], None], work: Work) -> None:
    try:
        caller()
    except Exception as failure:  # a caller that breaks is a finding, and the others go on
        work.failed(f"a caller ended: {failure!r}")


def detect_raw(console: Served, work: Work, seed: int) -> None:
    """Each detection by a visitor of its own."""
    dice, config = random.Random(seed), Visitor(console.port).config
    while work.next_detection() is not None:
        visitor = Visitor(console.port, config=config)
        name, data = sized_picture(dice)
        answer = visitor.press(visitor.named("detect"), {0: visitor.upload(name, data)})
        if codes_in(answer):
            work.failed(f"detect: {codes_in(answer)}")
        work.finished("detections", "raw")


def detect_by_client(console: Served, work: Work) -> None:
    """Through the client library, a new client now and then."""
    from gradio_client import Client, handle_file
    from gradio_client.exceptions import AppError

    dice, client = random.Random(3), None
    with tempfile.TemporaryDirectory(prefix="ocrweb-soak-client-") as place:
        while (number := work.next_detection()) is not None:
            if client is None or number % 50 == 0:
                client = Client(console.url, verbose=False, download_files=False, analytics_enabled=False)
            name, data = sized_picture(dice)
            file = Path(place) / name
            file.write_bytes(data)
            try:
                client.predict(handle_file(file), api_name="/detect")
            except AppError as failure:
                work.failed(f"detect by the client: {failure}")
            file.unlink()
            work.finished("detections", "client")


def sized_picture(dice: random.Random) -> tuple[str, bytes]:
    """Small mostly, large now and then."""
    height, width = dice.choice([(220, 300)] * 8 + [(640, 480), (1100, 800)])
    suffix = dice.choice([".jpg", ".png"])
    pixels = material.page(dice, height, width, max(1, height // 80))
    return f"page{dice.randrange(10**9)}{suffix}", bytes(cv2.imencode(suffix, pixels)[1])


def upload(console: Served, work: Work) -> None:
    """Datasets as zips; the oldest is deleted when there are more than a few."""
    dice, kept = random.Random(4), []
    while work.done.uploads < work.amounts.uploads:
        work.keep_pace("uploads")
        visitor = Visitor(console.port)
        for event in visitor.loads():
            visitor.send(event, list(event.values))
        sent = visitor.upload(f"set{work.done.uploads}.zip", material.dataset_zip(dice, pictures=6))
        answer = visitor.press(visitor.event("dataset-zip", "upload"), {"dataset-zip": sent})
        made = follow(visitor, "dataset-status", value_of(answer[0]), 3, 4)
        if made is None:
            work.failed(f"upload: {codes_in(answer)}")
        else:
            kept.append(made)
        if len(kept) > KEPT_DATASETS:
            visitor.press(visitor.event("dataset-delete"), {"dataset-chosen": kept[0]})
            visitor.press(visitor.event("dataset-delete-now"), {1: made})
            kept.pop(0)
        work.finished("uploads")


def train(console: Served, work: Work) -> None:
    """Runs of a few steps, each to its end; only the latest is kept."""
    before = None
    while work.done.runs < work.amounts.runs:
        work.keep_pace("runs")
        visitor = Visitor(console.port)
        event = visitor.event("training-start")
        wanted: dict[str | int, Any] = {
            "training-dataset": "small", "training-model": "ppocrv6-small", "training-name": "soak", "training-batch_size": 2,
            "training-epochs": 2, "training-crop_size": 128, "training-device": "cpu", "TrainingConfig-crop_size": 128,
            "training-evaluation-limit_side": 320, "training-loader-workers": 0,
        }  # fmt: skip
        answer = visitor.press(event, {name: value for name, value in wanted.items() if name in event.names})
        run = value_of(answer[0])
        if not isinstance(run, str) or not run:
            work.failed(f"train: {codes_in(answer)} {str(answer)[:200]}")
            return
        folder, deadline = console.home / "workdirs" / run, time.monotonic() + DEED_LIMIT
        while (time.monotonic() < deadline and not (folder / "status.json").exists()) or read_status(folder).active:
            time.sleep(0.5)
        state = read_status(folder).state
        if state != "finished":
            work.failed(f"train: {run} is {state}")
        if before:
            visitor.press(visitor.event("training-delete"), {0: before})
            visitor.press(visitor.event("training-delete-yes"), {1: run})
        before = run
        work.finished("runs")


def follow(visitor: Visitor, status: str, job: Any, timer: int, result: int) -> str | None:
    """Until a job of the page is over: what it left. timer, result: places in the answer of its tick."""
    if not isinstance(job, str) or not job:
        return None
    tick, deadline = visitor.event(status, "tick", output=True), time.monotonic() + DEED_LIMIT
    while time.monotonic() < deadline:
        told = visitor.press(tick, {0: job})
        if not (isinstance(told[timer], dict) and told[timer].get("active")):
            made = value_of(told[result])
            return made if isinstance(made, str) and made else None
        time.sleep(0.2)
    return None


def watch_page(console: Served, work: Work, over: threading.Event) -> None:
    """A real browser that keeps the page open, and detects a picture now and then."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return
    chromium = find_chromium()
    if chromium is None:
        return
    dice = random.Random(6)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="ocrweb-soak-page-") as place:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        page = browser.new_page(locale="en-US")
        page.goto(console.url, wait_until="domcontentloaded")
        page.wait_for_selector("#tabs")
        while not over.wait(5):
            name, data = material.picture(dice)
            (Path(place) / name).write_bytes(data)
            with contextlib.suppress(Exception):  # the browser is scenery: its trouble is not the console's
                page.locator("#single-picture input[type=file]").first.set_input_files(Path(place) / name)
                page.wait_for_selector("#single-save-json:not([disabled])", timeout=20_000)
                work.done.by["browser"] += 1
                page.reload(wait_until="domcontentloaded")
                page.wait_for_selector("#tabs")
        browser.close()


def raw_calls(console: Served, count: int) -> int:
    """So many calls of a cheap endpoint without a session of their own, four at a time; how many failed."""
    caller = Visitor(console.port)

    def one(_: int) -> bool:
        try:
            ticket = json.loads(caller.post("/gradio_api/call/status", {"data": []}))["event_id"]
            return b"event: complete" in caller.ask("GET", f"/gradio_api/call/status/{ticket}")
        except Exception:  # counted, whatever it was
            return False

    with ThreadPoolExecutor(4) as pool:
        return count - sum(pool.map(one, range(count)))
