"""Has a dataset changed? A stamp of its files' times and sizes, far quicker than reading them."""

from __future__ import annotations

import os
from pathlib import Path


def dataset_stamp(folder: Path) -> tuple[object, ...]:
    """Changes whenever a file of the dataset was added, removed or written."""
    newest, count, size = 0, 0, 0
    for part in ("train", "test"):
        for kind in ("gts", "images"):
            for entry in _entries(folder / f"{part}_{kind}"):
                state = entry.stat()
                newest, count, size = max(newest, state.st_mtime_ns), count + 1, size + state.st_size
    tops = sorted((entry.name, entry.stat().st_mtime_ns) for entry in _entries(folder))
    return (newest, count, size, tuple(tops))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted((entry for entry in found), key=lambda entry: entry.name)
    except OSError:
        return []
