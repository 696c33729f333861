"""Make a rendered dataset that is ready to train from."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ocrweb.render.dataset import render_dataset

PAGES_PER_WORKER = 24  # starting a process costs about as much as so many pages


@dataclass(frozen=True, slots=True)
class SampleData:
    """path: the dataset's folder. train, test: pages in each split. seconds: how long it took."""

    path: str
    train: int
    test: int
    seed: int
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def make_sample_data(
    out: Path, train: int = 40, test: int = 10, seed: int = 0, progress: Callable[[int, int], None] | None = None
) -> SampleData:
    """Render a dataset into a new or empty folder, on all processors when it is large. Raises what `render_dataset` raises."""
    start = time.monotonic()
    workers = max(1, min(os.cpu_count() or 1, (train + test) // PAGES_PER_WORKER))
    render_dataset(out, train, test, seed, progress, workers=workers)
    return SampleData(str(out), train, test, seed, round(time.monotonic() - start, 2))
