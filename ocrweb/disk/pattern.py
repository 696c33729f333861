"""Patterns such as ``scans/*.jpg`` that no shell has expanded: in quotes, from a script, in a container, on Windows."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ocrweb.disk.address import address_of
from ocrweb.disk.names import natural_key
from ocrweb.errors import OcrwebError


def expanded(given: Sequence[Path]) -> list[Path]:
    """The paths, each pattern replaced by what it matches, in natural order. ``**`` stands for any folders.

    What is there under the very name is no pattern, nor is an address. What lies in a folder that matches too is left to
    the folder. Raises `usage.no-match`.
    """
    return [path for one in given for path in _matches(one)]


def _matches(path: Path) -> Iterator[Path]:
    pattern = str(path)
    if not glob.has_magic(pattern) or os.path.lexists(pattern) or "://" in address_of(path):
        yield path
        return
    found = sorted(map(Path, glob.iglob(pattern, recursive=True)), key=lambda one: natural_key(str(one)))
    if not found:
        raise OcrwebError("usage.no-match", pattern=pattern, cwd=os.getcwd())
    folders = {one for one in found if one.is_dir()}
    yield from (one for one in found if folders.isdisjoint(one.parents))
