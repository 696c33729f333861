"""Sample data of the renderer, drawn once a process for each wish and copied from there."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from ocrweb.services.datasets.sample_data import make_sample_data


def sample_pages(folder: Path, train: int, test: int, seed: int = 0) -> Path:
    """What `make_sample_data` writes into a new folder."""
    return Path(shutil.copytree(_drawn(train, test, seed), folder))


@functools.cache
def _drawn(train: int, test: int, seed: int) -> Path:
    place = Path(tempfile.mkdtemp(prefix="ocrweb-sample-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    make_sample_data(place / "data", train=train, test=test, seed=seed)
    return place / "data"
