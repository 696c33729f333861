"""What a console holds on to, second by second."""

from __future__ import annotations

import contextlib
import os
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks._served import Served

EVERY = 1.0
NEAR = 0.02  # of the work: samples so close to a share of it count for that share


@dataclass(frozen=True)
class Sample:
    """seconds: since the start. share: of the work that is done, 0..1. resident: bytes. files: open ones, sockets too.
    temporary: files in the folders of passing work and in the upload cache."""

    seconds: float
    share: float
    resident: int
    files: int
    threads: int
    temporary: int


class Sampler(threading.Thread):
    """Looks at the console every second. share: how much of the work is done, told by the callers."""

    def __init__(self, console: Served) -> None:
        super().__init__(daemon=True)
        self._process, self._home = psutil.Process(console.pid), console.home
        self._began, self._over = time.monotonic(), threading.Event()
        self.share = 0.0
        self.samples: list[Sample] = []

    def now(self) -> Sample:
        process = self._process
        return Sample(
            time.monotonic() - self._began, self.share, process.memory_info().rss, process.num_fds(), process.num_threads(),
            count_temporary(self._home),
        )  # fmt: skip

    def run(self) -> None:
        while not self._over.wait(EVERY):
            with contextlib.suppress(psutil.Error):
                self.samples.append(self.now())

    def stop(self) -> None:
        self._over.set()
        self.join(10)


def growth(samples: Sequence[Sample], share: float) -> float:
    """Median of the resident bytes while so much of the work was done; of the nearest sample when there is none close."""
    near = [sample.resident for sample in samples if abs(sample.share - share) <= NEAR]
    if not near:
        near = [min(samples, key=lambda sample: abs(sample.share - share)).resident]
    return statistics.median(near)


def count_temporary(home: Path) -> int:
    private = home / ".ocrweb"
    return sum(len(files) for name in ("tmp", "inbox", "uploads") for _, _, files in os.walk(private / name))
