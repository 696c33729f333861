"""One worker a run: a lock that the system gives back when its holder dies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ocrweb.errors import OcrwebError

NAME = ".lock"


@contextmanager
def run_lock(run: Path) -> Iterator[None]:
    """Hold the run for the time of the ``with`` block; OcrwebError ``run.busy`` when another process holds it."""
    handle = os.open(run / NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _take(handle):
            raise OcrwebError("run.busy", name=run.name)
        yield
    finally:
        os.close(handle)


def _take(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
