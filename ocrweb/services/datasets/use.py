"""Who is at a dataset at this moment: the runs that train from it, and the one who may change it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from ocrweb.config import paths
from ocrweb.config.documents import parse_yaml
from ocrweb.disk.lock import take_lock
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.rundir.status import read_status


def runs_using(folder: Path) -> list[str]:
    """Names of the active runs that train from a dataset; their settings hold its folder or, of a stored one, its name."""
    real = folder.resolve()
    return [
        run.name
        for run in names.list_runs(paths.workdirs_dir())
        if read_status(run).active
        and (given := _dataset_of(run))
        and real in (Path(given).resolve(), (paths.datasets_dir() / given).resolve())
    ]


def refuse_used(name: str, folder: Path) -> None:
    """Raise store.in-use when a run trains from the dataset."""
    if runs := runs_using(folder):
        raise OcrwebError("store.in-use", name=name, run=runs[0])


@contextmanager
def changing(name: str, folder: Path) -> Iterator[None]:
    """Hold a dataset for a change in place, against the console's other jobs and every command of this machine.

    Raises store.busy when somebody else changes it, store.in-use when a run trains from it.
    """
    handle = _open(folder)
    try:
        if handle is not None and not (take_lock(handle) and _is_same(folder, handle)):
            raise OcrwebError("store.busy", name=name)
        refuse_used(name, folder)
        yield
    finally:
        if handle is not None:
            os.close(handle)


@contextmanager
def reading(name: str, folder: Path, patience: float = 30.0) -> Iterator[None]:
    """Keep a dataset from being changed in place; waits as many seconds for who changes it. Raises store.busy."""
    deadline = time.monotonic() + patience
    while True:
        handle = _open(folder)
        try:
            if handle is None or (take_lock(handle) and _is_same(folder, handle)):
                yield
                return
        finally:
            if handle is not None:
                os.close(handle)
        if time.monotonic() >= deadline:
            raise OcrwebError("store.busy", name=name)
        time.sleep(0.1)


def _open(folder: Path) -> int | None:
    """The folder itself is locked: nothing is left in it, and all its names and links are one lock.

    None where folders cannot be opened.
    """
    try:
        return os.open(folder, os.O_RDONLY)
    except OSError:
        return None


def _is_same(folder: Path, handle: int) -> bool:
    """Whether the opened folder still lies there: a resize puts another one in its place."""
    try:
        return os.path.samestat(os.fstat(handle), folder.stat())
    except OSError:
        return False


def _dataset_of(run: Path) -> str:
    """The dataset in a run's settings; "" when they cannot be read."""
    try:
        settings = parse_yaml((run / names.CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return ""
    return str(settings.get("dataset") or "") if isinstance(settings, dict) else ""
