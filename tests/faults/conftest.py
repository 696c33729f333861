"""A small rendered dataset and quick settings for whole runs that come to grief."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ocrweb.config.loader import build, parse_overrides
from ocrweb.config.training import TrainingConfig
from ocrweb.rundir.status import read_status
from ocrweb.services import training_jobs
from ocrweb.services.sample_data import make_sample_data

QUICK = (
    "crop_size=128",
    "batch_size=2",
    "epochs=200",
    "evaluation.limit_side=320",
    "evaluation.every_steps=6",
    "loader.workers=0",
)


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rendered") / "data"
    make_sample_data(folder, train=6, test=1, seed=3)
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("OCRWEB_LANG", "en")
    yield tmp_path
    for name in training_jobs.active_names():
        training_jobs.stop(name)
        training_jobs.force_overdue(patience=0)


@pytest.fixture
def dataset(home: Path, rendered: Path) -> Path:
    return Path(shutil.copytree(rendered, home / "datasets" / "story"))


def config(*words: str) -> TrainingConfig:
    return build(TrainingConfig, parse_overrides([*QUICK, "dataset=story", *words]))


def until(condition: Callable[[], bool], seconds: float = 150.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


def begun(run: Path) -> bool:
    """It has made a step, or it has ended."""
    status = read_status(run)
    return status.step >= 1 or not status.active
