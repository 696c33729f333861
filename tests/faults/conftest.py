"""A small rendered dataset and quick settings for whole runs that come to grief."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ocrweb.config.loader import build, parse_overrides
from ocrweb.config.training import TrainingConfig
from ocrweb.rundir.status import read_status
from ocrweb.services.datasets.sample_data import make_sample_data
from ocrweb.services.training import jobs as training_jobs

DAY = 86_400.0
REAL_TIME = time.time
QUICK = (
    "crop_size=64",
    "batch_size=2",
    "epochs=200",
    "evaluation.limit_side=320",
    "evaluation.every_steps=12",
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


@pytest.fixture
def small_disk(home: Path) -> Iterator[Callable[[int], Path]]:
    """Puts the runs on a file system of so many MiB."""
    folder = home / "workdirs"

    def mount(size: int) -> Path:
        folder.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}m", "tmpfs", str(folder)], capture_output=True, text=True
        )
        if done.returncode:
            pytest.skip(f"this user may not mount a small disk: {done.stderr.strip()}")
        return folder

    yield mount
    for name in training_jobs.active_names():
        training_jobs.stop(name)
        training_jobs.force_overdue(patience=0)
    if folder.is_mount():
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


class Clock:
    """The time of day of this process and of every Python process that it starts, set by a file."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "offset"
        self.set(0)

    def set(self, seconds: float) -> None:
        self._file.write_text(str(seconds))

    def read(self) -> float:
        with contextlib.suppress(ValueError):  # while it is written
            return REAL_TIME() + float(self._file.read_text())
        return REAL_TIME()


@pytest.fixture
def clock(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Clock:
    folder = tmp_path_factory.mktemp("clock")
    made = Clock(folder)
    (folder / "sitecustomize.py").write_text(
        f"import pathlib, time\nreal, file = time.time, pathlib.Path({str(folder / 'offset')!r})\n"
        "time.time = lambda: real() + float(file.read_text() or 0)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setattr(time, "time", made.read)
    return made


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
