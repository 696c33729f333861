"""What watching a run costs: log line to browser, the console's processor time, the training rate, a detection meanwhile.

    ocrweb bench watch [--watchers 5] [--log-mib 100] [--seconds 60] [--parts idle live training]

Processor time is that of the console's process, so other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil

from benchmarks._measure import finish, machine, table
from benchmarks._watchers import Page, Watcher
from ocrweb.config.loader import dump_yaml
from ocrweb.config.training import TrainingConfig
from ocrweb.rundir import lines, names
from ocrweb.rundir.events import EventWriter
from ocrweb.rundir.status import RunStatus, process_start, read_status, write_status

ROOT = Path(__file__).parent.parent
PARTS = ("idle", "live", "training")
RUN = "20260101_000000_watched"
LINE_EVERY = 1.7  # not a multiple of the page's tick
MARK = "line-"
TURNS = 6
FIGURES = {
    "loss": 1.0,
    "loss_shrink": 0.4,
    "loss_threshold": 0.3,
    "loss_binary": 0.3,
    "lr": 0.001,
    "ips": 2.0,
    "eta": 9.0,
    "memory": 1.0,
}


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    document: dict[str, Any] = {"benchmark": "watch", "machine": machine(), "watchers": given.watchers}
    parts: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
        "idle": run_idle, "live": run_live, "training": run_training,
    }  # fmt: skip
    rows: list[list[str]] = []
    for part in given.parts:
        document[part] = parts[part](given)
        rows += [[part, name.replace("_", " "), str(value)] for name, value in document[part].items()]
    finish("watch", document, table(["part", "what", "measured"], rows), as_json=given.json, out=given.out)
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="ocrweb bench watch", description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument("--watchers", type=int, default=5, help="visitors at the same time")
    parser.add_argument("--log-mib", type=int, default=100, help="length of the log of the part 'live'")
    parser.add_argument("--seconds", type=float, default=60, help="of each measurement")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--no-browser", action="store_true", help="leave the time to the browser out")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", type=Path)
    return parser.parse_args(arguments)


def run_idle(given: argparse.Namespace) -> dict[str, Any]:
    """A console that nobody visits, and one that is looked at while nothing is trained."""
    with tempfile.TemporaryDirectory(prefix="ocrweb-bench-") as place, console(Path(place), given.port) as port:
        time.sleep(5)
        alone = share_of(port, given.seconds)
        with watching(port, 1, ""):
            looked_at = share_of(port, given.seconds)
    return {"cpu_alone_percent": alone, "cpu_with_one_visitor_percent": looked_at}


def run_live(given: argparse.Namespace) -> dict[str, Any]:
    """A run that writes a line now and then at the end of a long log."""
    with tempfile.TemporaryDirectory(prefix="ocrweb-bench-") as place:
        run = long_run(Path(place), given.log_mib)
        over = threading.Event()
        written: dict[int, float] = {}
        writer = threading.Thread(target=write_lines, args=(run, over, written), daemon=True)
        with console(Path(place), given.port) as port:
            writer.start()
            with watching(port, given.watchers, RUN) as watchers:
                time.sleep(5)
                share = share_of(port, given.seconds)
            found: dict[str, Any] = {
                "cpu_percent": share,
                "kib_a_tick": round(sum(w.bytes for w in watchers) / max(1, sum(w.ticks for w in watchers)) / 1024, 1),
            }
            if not given.no_browser:
                with watching(port, given.watchers - 1, RUN):
                    seen = seen_in_browser(port, given.seconds)
                delays = [seen[number] - at for number, at in written.items() if number in seen and seen[number] > at]
                found |= {"lines_seen": len(delays), "line_to_browser_median_s": round(statistics.median(delays), 2),
                          "line_to_browser_worst_s": round(max(delays), 2)}  # fmt: skip
        over.set()
        writer.join(10)
    return found


def run_training(given: argparse.Namespace) -> dict[str, Any]:
    """One real run, watched by one visitor and left alone by turns; and a detection on the page's API before it and during it."""
    with tempfile.TemporaryDirectory(prefix="ocrweb-bench-") as place, console(Path(place), given.port) as port:
        from ocrweb.services import training, training_queue
        from ocrweb.services.sample_data import make_sample_data

        home = Path(place)
        make_sample_data(home / "datasets" / "bench", train=40, test=2, seed=1)
        picture = next((home / "datasets" / "bench" / "train_images").iterdir())
        quiet = detection_seconds(port, picture, 9)
        config = TrainingConfig.model_validate(
            {"dataset": "bench", "epochs": 10_000, "crop_size": 320, "evaluation": {"every_steps": 10**6}}
        )
        before = os.environ.get("OCRWEB_HOME")
        os.environ["OCRWEB_HOME"] = place
        run = training.prepare_run(config)
        training_queue.enqueue(run.name)  # as the page does; the console starts it
        try:
            deadline = time.monotonic() + 180
            while read_status(run).step < 20:
                if time.monotonic() > deadline:
                    raise RuntimeError(f"the run does not start: {read_status(run)}")
                time.sleep(1)
            busy = detection_seconds(port, picture, 9)
            watched, alone = 0.0, 0.0
            for _ in range(TURNS):
                alone += steps_a_second(run, given.seconds / TURNS)
                with watching(port, 1, run.name):
                    watched += steps_a_second(run, given.seconds / TURNS)
        finally:
            training.stop_run(run.name, wait=120)
            os.environ.pop("OCRWEB_HOME")
            if before is not None:
                os.environ["OCRWEB_HOME"] = before
    return {
        "rate_watched_to_alone": round(watched / alone, 3),
        "steps_a_second_alone": round(alone / TURNS, 3),
        "detection_alone_s": round(quiet, 3),
        "detection_while_training_s": round(busy, 3),
        "detection_ratio": round(busy / quiet, 2),
    }


def steps_a_second(run: Path, seconds: float) -> float:
    """Counted between two steps, not between two looks."""
    first, began = next_step(run)
    time.sleep(seconds)
    last, ended = next_step(run)
    return (last - first) / (ended - began)


def next_step(run: Path) -> tuple[int, float]:
    """The number of the next status that tells a new step, and when."""
    before = read_status(run).step
    while (step := read_status(run).step) == before:
        if not read_status(run).active:
            raise RuntimeError((run / names.LOG).read_text()[-500:])
        time.sleep(0.01)
    return step, time.monotonic()


def detection_seconds(port: int, picture: Path, times: int) -> float:
    """Median time of a detection by the console, the first left out. Another threshold each time decodes anew; another
    picture each time runs the network too."""
    import cv2
    from gradio_client import Client, handle_file

    client = Client(f"http://127.0.0.1:{port}", verbose=False)
    pixels, taken = cv2.imread(str(picture)), []
    with tempfile.TemporaryDirectory(prefix="ocrweb-bench-") as place:
        for number in range(times + 1):
            file = Path(place) / f"{time.time_ns()}.png"
            pixels[0, 0] = number, time.time_ns() % 255, 7
            cv2.imwrite(str(file), pixels)
            began = time.monotonic()
            client.predict(handle_file(str(file)), api_name="/detect")
            taken.append(time.monotonic() - began)
    return statistics.median(taken[1:])


def share_of(port: int, seconds: float) -> float:
    """Percent of one core that the console uses."""
    process = psutil.Process(int(Path(f"{tempfile.gettempdir()}/ocrweb-bench-{port}.pid").read_text()))
    before, began = sum(process.cpu_times()[:4]), time.monotonic()
    time.sleep(seconds)
    return round(100 * (sum(process.cpu_times()[:4]) - before) / (time.monotonic() - began), 2)


def seen_in_browser(port: int, seconds: float) -> dict[int, float]:
    """When each numbered line came up in a real page, in seconds since 1970."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("OCRWEB_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        page = browser.new_page(locale="en-US")
        page.goto(f"http://127.0.0.1:{port}", wait_until="domcontentloaded")
        page.get_by_role("tab", name="Training", exact=True).first.click()
        page.wait_for_selector(f"#training-log >> text={MARK}", timeout=60_000)
        page.evaluate(
            """(mark) => {
                window.seen = {};
                const look = () => {
                    const all = document.querySelector('#training-log').textContent.matchAll(new RegExp(mark + '(\\\\d+)', 'g'));
                    for (const [, number] of all) window.seen[number] ??= Date.now() / 1000;
                };
                look();
                window.before = Object.keys(window.seen);
                new MutationObserver(look).observe(document.querySelector('#training-log'), {subtree: true, childList: true, characterData: true});
            }""",
            MARK,
        )
        page.wait_for_timeout(1000 * seconds)
        found = page.evaluate("() => [window.seen, window.before]")
        browser.close()
    return {int(number): at for number, at in found[0].items() if number not in found[1]}


def long_run(home: Path, mebibytes: int) -> Path:
    """A run folder as a worker leaves it after days; this process is its worker."""
    run = home / "workdirs" / RUN
    (run / names.SAMPLES).mkdir(parents=True)
    (run / names.CONFIG).write_text(dump_yaml(TrainingConfig(dataset="/data/demo")), encoding="utf-8")
    text = lines.step_line((1, 3), (10, 100), FIGURES) + "\n"
    with (run / names.LOG).open("w", encoding="utf-8") as log:
        for _ in range(mebibytes * 2**20 // len(text)):
            log.write(text)
    writer = EventWriter(run / names.EVENTS)
    for step in range(0, 20_000, 10):
        writer.write("step", step, epoch=1, iter=step, iters=20_000, **FIGURES)
    tell(run, 20_000)
    return run


def tell(run: Path, step: int) -> None:
    status = RunStatus(
        state="running", pid=os.getpid(), pid_start=process_start(os.getpid()), host=socket.gethostname(),
        started=time.time() - 3600, device="cpu", step=step, steps=10**6, epoch=1, epochs=3,
    )  # fmt: skip
    write_status(run, status)


def write_lines(run: Path, over: threading.Event, written: dict[int, float]) -> None:
    """A line, an event and a status, again and again, as a worker does."""
    events, step = EventWriter(run / names.EVENTS), 20_000
    with (run / names.LOG).open("a", encoding="utf-8", buffering=1) as log:
        while not over.wait(LINE_EVERY):
            step += 10
            log.write(lines.step_line((1, 3), (10, 100), FIGURES) + f", {MARK}{step}\n")
            written[step] = time.time()
            events.write("step", step, epoch=1, iter=10, iters=100, **FIGURES)
            tell(run, step)


@contextlib.contextmanager
def watching(port: int, count: int, run: str) -> Iterator[list[Watcher]]:
    page = Page(port)
    watchers = [Watcher(page, run) for _ in range(count)]
    for watcher in watchers:
        watcher.start()
        time.sleep(1 / count)  # visitors do not tick in step
    yield watchers
    for watcher in watchers:
        watcher.stop()


@contextlib.contextmanager
def console(home: Path, port: int) -> Iterator[int]:
    """A console of its own; its port."""
    if not port:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
    log = (home / "console.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "app.py"), "--port", str(port)],
        cwd=ROOT, env={**os.environ, "OCRWEB_HOME": str(home)}, stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip
    note = Path(f"{tempfile.gettempdir()}/ocrweb-bench-{port}.pid")
    note.write_text(str(process.pid))
    try:
        deadline = time.monotonic() + 120
        while True:
            with contextlib.suppress(OSError):
                if json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5))["ready"]:
                    break
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((home / "console.log").read_text(errors="replace")[-2000:])
            time.sleep(0.3)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)
        note.unlink(missing_ok=True)
        log.close()


if __name__ == "__main__":
    sys.exit(main())
