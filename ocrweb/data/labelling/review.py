"""Which pictures of a dataset a model has labelled, and of which it was unsure."""

from __future__ import annotations

import csv
import functools
import io
import os
from collections.abc import Mapping
from pathlib import Path

from ocrweb.data.checks.names import images_name
from ocrweb.disk.ordinary import read_ordinary

REVIEW = "review.csv"  # of a dataset that a model labelled: a row a box
FOLDER = images_name("train")
QUOTED = "'"  # stands before a name that a spreadsheet would take for a formula
LARGEST = 64 << 20


def auto_labelled(root: Path) -> Mapping[str, bool]:
    """Picture → whether the model was unsure of a box of it; empty for a dataset that no model has labelled."""
    file = root / REVIEW
    try:
        state = os.stat(file)
    except OSError:
        return {}
    return _read(file, state.st_mtime_ns, state.st_size)


def review_rows(root: Path) -> list[dict[str, str]]:
    """The rows as they stand there; none where there is no such file, or it cannot be read."""
    try:
        text = read_ordinary(root / REVIEW, LARGEST).decode("utf-8-sig", "replace")
        return list(csv.DictReader(io.StringIO(text)))
    except (OSError, csv.Error):
        return []


def picture_of(root: Path, row: Mapping[str, str]) -> str | None:
    """The picture that a row is about, by its name in the dataset; None for a row about none."""
    name = row.get("picture")
    if not name:
        return None
    return f"{FOLDER}/{name if (root / FOLDER / name).exists() else name.removeprefix(QUOTED)}"


@functools.lru_cache(maxsize=8)
def _read(file: Path, changed: int, size: int) -> Mapping[str, bool]:
    found: dict[str, bool] = {}
    for row in review_rows(file.parent):
        if picture := picture_of(file.parent, row):
            found[picture] = found.get(picture, False) or row.get("unsure") == "yes"
    return found
