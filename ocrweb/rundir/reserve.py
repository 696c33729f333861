"""Room on the disk for a run's last words: a full disk must not keep it from saying that the disk is full."""

from __future__ import annotations

import contextlib
from pathlib import Path

NAME = ".reserve"
SIZE = 64 * 1024  # a status, an event and some lines need a tenth of it


def keep_reserve(run: Path) -> None:
    """Take the room; nothing happens where there is none."""
    file = run / NAME
    with contextlib.suppress(OSError):
        if not file.exists() or file.stat().st_size < SIZE:
            file.write_bytes(b"\xff" * SIZE)  # zeros may be stored as a hole, which takes no room


def release_reserve(run: Path) -> None:
    """Give the room back."""
    with contextlib.suppress(OSError):
        (run / NAME).unlink(missing_ok=True)
