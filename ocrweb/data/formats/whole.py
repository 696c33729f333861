"""A folder that is there whole or not at all."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import write_error

JUST_MADE = 60.0  # seconds in which a folder may not be locked yet
_LEFTOVER = re.compile(r"\..+\.[0-9a-f]{8}\.partial")


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A hidden folder beside ``out`` that takes its name when the block ends well, and is removed otherwise.

    What a killed process has left beside ``out`` is removed. Raises OcrwebError formats.not-empty when ``out`` holds
    anything, usage.not-writable, usage.disk-full.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise OcrwebError("formats.not-empty", path=str(out))
    partial = out.absolute().parent / f".{out.name[:60]}.{secrets.token_hex(4)}.partial"
    _sweep(partial.parent)
    held = None
    try:
        partial.mkdir(parents=True)
        held = _held(partial)
        yield partial
        if out.exists():
            out.rmdir()
        partial.rename(out)
    except OSError as error:
        raise write_error(error, out) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        if held is not None:
            os.close(held)


def _sweep(parent: Path) -> None:
    for leftover in parent.glob(".*.partial"):
        if not _LEFTOVER.fullmatch(leftover.name) or _age(leftover) < JUST_MADE:
            continue
        if (handle := _held(leftover)) is not None:
            shutil.rmtree(leftover, ignore_errors=True)
            os.close(handle)


def _age(folder: Path) -> float:
    try:
        return time.time() - folder.stat().st_mtime
    except OSError:
        return 0.0


def _held(folder: Path) -> int | None:
    """A lock on a folder that ends with its process; None when another one holds it or the system has no such locks."""
    try:
        import fcntl

        handle = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle
