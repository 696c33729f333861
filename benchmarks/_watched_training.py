"""A real run that is watched and left alone by turns, and a detection beside it."""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2

from benchmarks._console import Served, console
from benchmarks._home import data_root
from benchmarks._measure import say
from benchmarks._watchers import watching
from ocrweb.config.training import TrainingConfig
from ocrweb.rundir import names
from ocrweb.rundir.status import read_status
from ocrweb.services.datasets.sample_data import make_sample_data
from ocrweb.services.training import queue as training_queue
from ocrweb.services.training import runs as training

TURNS = 6
WARM_STEPS, START_LIMIT = 20, 180
DETECTIONS = 9


def measure(home: Path, port: int, seconds: float) -> dict[str, Any]:
    """seconds: watched, and as long left alone, in `TURNS` turns each. home: an empty data root."""
    make_sample_data(home / "datasets" / "bench", train=40, test=2, seed=1)
    picture = next((home / "datasets" / "bench" / "train_images").iterdir())
    with console(home, port) as served, data_root(home):
        quiet = detection_seconds(served, picture, DETECTIONS)
        with real_run() as run:
            busy = detection_seconds(served, picture, DETECTIONS)
            watched = alone = 0.0
            for turn in range(TURNS):
                say(f"training, turn {turn + 1} of {TURNS}: {2 * seconds / TURNS:.0f} s")
                alone += steps_a_second(run, seconds / TURNS)
                with watching(served.port, 1, run.name):
                    watched += steps_a_second(run, seconds / TURNS)
    return {
        "rate_watched_to_alone": round(watched / alone, 3),
        "steps_a_second_alone": round(alone / TURNS, 3),
        "detection_alone_s": round(quiet, 3),
        "detection_while_training_s": round(busy, 3),
        "detection_ratio": round(busy / quiet, 2),
    }


@contextlib.contextmanager
def real_run() -> Iterator[Path]:
    """Queued as the page queues it and started by the console; stopped at the end."""
    config = TrainingConfig.model_validate(
        {"dataset": "bench", "epochs": 10_000, "crop_size": 320, "evaluation": {"every_steps": 10**6}}
    )
    run = training.prepare_run(config)
    training_queue.enqueue(run.name)
    try:
        deadline = time.monotonic() + START_LIMIT
        while (status := read_status(run)).step < WARM_STEPS:
            if time.monotonic() > deadline:
                raise RuntimeError(f"the run does not start: {status}")
            time.sleep(1)
        yield run
    finally:
        training.stop_run(run.name, wait=120)


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


def detection_seconds(served: Served, picture: Path, times: int) -> float:
    """Median time of a detection by the console, the first left out. Another threshold each time decodes anew; another
    picture each time runs the network too."""
    from gradio_client import Client, handle_file

    client = Client(served.url, verbose=False)
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
