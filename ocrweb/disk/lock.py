"""Locks that the system gives back when their holder dies; one of them for one worker a run."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ocrweb.errors import OcrwebError

NAME = ".lock"


@contextmanager
def run_lock(run: Path, *, patience: float = 0.0) -> Iterator[None]:
    """Hold the run for the time of the ``with`` block; OcrwebError ``run.busy`` when another process holds it.

    patience: seconds to wait for a worker that has said its last word and is about to end.
    """
    deadline = time.monotonic() + patience
    handle = os.open(run / NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        while not take_lock(handle):
            if time.monotonic() >= deadline:
                raise OcrwebError("run.busy", name=run.name)
            time.sleep(0.05)
        yield
    finally:
        os.close(handle)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait for a lock between processes and threads, and hold it for the time of the ``with`` block."""
    with path.open("w") as file:  # every `open` makes its own file description, which the lock belongs to
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def take_lock(handle: int) -> bool:
    """Lock an open file or folder until it is closed; False when somebody else holds it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
