"""Folders of things that can be made again: the oldest go when there are too many."""

from __future__ import annotations

from pathlib import Path

KEPT = 16


def prune(folder: Path, pattern: str, kept: int = KEPT) -> None:
    """Delete all but the newest files of a pattern. A file that another process deleted first is no error."""
    ages = []
    for path in folder.glob(pattern):
        try:
            ages.append((path.stat().st_mtime_ns, path))
        except FileNotFoundError:
            continue
    for _, path in sorted(ages, reverse=True)[kept:]:
        path.unlink(missing_ok=True)
