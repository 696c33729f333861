"""What watching a run costs: log line to browser, the console's processor time, the training rate, a detection meanwhile.

    ocrweb bench watch [--watchers 5] [--log-mib 100] [--seconds 60] [--parts idle live training]

Processor time is that of the console's process, so other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks._console import console
from benchmarks._measure import finish, machine, say, table
from benchmarks._watchers import watching
from ocrweb.config.loader import dump_yaml
from ocrweb.config.training import TrainingConfig
from ocrweb.rundir import lines, names
from ocrweb.rundir.events import EventWriter
from ocrweb.rundir.status import RunStatus, worked_by, write_status
from tests.browser import find_chromium

PARTS = ("idle", "live", "training")
RUN = "20260101_000000_watched"
LINE_EVERY = 1.7  # not a multiple of the page's tick
MARK = "line-"
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
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # its console and its run end with it
    document: dict[str, Any] = {"benchmark": "watch", "machine": machine(), "watchers": given.watchers}
    parts: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
        "idle": run_idle, "live": run_live, "training": run_training,
    }  # fmt: skip
    rows: list[list[str]] = []
    for part in given.parts:
        say(f"{part} …")
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
    parser.add_argument(
        "--seconds", type=float, default=60, help="of each measurement; the part 'training' takes two of them"
    )
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--no-browser", action="store_true", help="leave the time to the browser out")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", type=Path)
    return parser.parse_args(arguments)


def run_idle(given: argparse.Namespace) -> dict[str, Any]:
    """A console that nobody visits, and one that is looked at while nothing is trained."""
    with tempfile.TemporaryDirectory(prefix="ocrweb-bench-") as place, console(Path(place), given.port) as served:
        time.sleep(5)
        alone = served.busy_percent(given.seconds)
        with watching(served.port, 1, ""):
            looked_at = served.busy_percent(given.seconds)
    return {"cpu_alone_percent": alone, "cpu_with_one_visitor_percent": looked_at}


def run_live(given: argparse.Namespace) -> dict[str, Any]:
    """A run that writes a line now and then at the end of a long log."""
    with tempfile.TemporaryDirectory(prefix="ocrweb-bench-") as place:
        run = long_run(Path(place), given.log_mib)
        over = threading.Event()
        written: dict[int, float] = {}
        writer = threading.Thread(target=write_lines, args=(run, over, written), daemon=True)
        with console(Path(place), given.port) as served:
            writer.start()
            with watching(served.port, given.watchers, RUN) as watchers:
                time.sleep(5)
                share = served.busy_percent(given.seconds)
            found: dict[str, Any] = {
                "cpu_percent": share,
                "kib_a_tick": round(sum(w.bytes for w in watchers) / max(1, sum(w.ticks for w in watchers)) / 1024, 1),
            }
            if not given.no_browser:
                with watching(served.port, given.watchers - 1, RUN):
                    seen = seen_in_browser(served.url, given.seconds)
                delays = [seen[number] - at for number, at in written.items() if number in seen and seen[number] > at]
                found |= {"lines_seen": len(delays), "line_to_browser_median_s": round(statistics.median(delays), 2),
                          "line_to_browser_worst_s": round(max(delays), 2)}  # fmt: skip
        over.set()
        writer.join(10)
    return found


def seen_in_browser(url: str, seconds: float) -> dict[int, float]:
    """When each numbered line came up in a real page, in seconds since 1970."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        page = browser.new_page(locale="en-US")
        page.goto(url, wait_until="domcontentloaded")
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


def run_training(given: argparse.Namespace) -> dict[str, Any]:
    """One real run, watched by one visitor and left alone by turns; and a detection on the page's API before it and during it."""
    from benchmarks import _watched_training

    with tempfile.TemporaryDirectory(prefix="ocrweb-bench-") as place:
        return _watched_training.measure(Path(place), given.port, given.seconds)


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
        state="running", **worked_by(os.getpid()),
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


if __name__ == "__main__":
    sys.exit(main())
