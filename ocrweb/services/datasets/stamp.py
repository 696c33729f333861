"""Has a dataset changed? A stamp of its files' times and sizes, far quicker than reading them."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def dataset_stamp(folder: Path) -> tuple[object, ...]:
    """Changes whenever a file of the dataset was added, removed or written."""
    newest, count, size = 0, 0, 0
    for part in ("train", "test"):
        for kind in ("gts", "images"):
            for _, state in _entries(folder / f"{part}_{kind}"):
                newest, count, size = max(newest, state.st_mtime_ns), count + 1, size + state.st_size
    tops = sorted((name, state.st_mtime_ns) for name, state in _entries(folder))
    return (newest, count, size, tuple(tops))


def _entries(folder: Path) -> list[tuple[str, os.stat_result]]:
    """Name and state of what lies in a folder; what vanishes meanwhile is left out."""
    try:
        with os.scandir(folder) as found:
            states = [(entry.name, _state(entry)) for entry in found]
    except OSError:
        return []
    return [(name, state) for name, state in states if state is not None]


def _state(entry: os.DirEntry[str]) -> os.stat_result | None:
    """The state of a file, or of the link itself when it leads nowhere."""
    for follow in (True, False):
        with contextlib.suppress(OSError):
            return entry.stat(follow_symlinks=follow)
    return None
