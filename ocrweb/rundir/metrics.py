"""``metrics.csv``: one row an evaluation, for spreadsheets."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

COLUMNS = (
    "time",
    "step",
    "epoch",
    "loss",
    "lr",
    "hmean",
    "precision",
    "recall",
    "threshold",
    "box_threshold",
    "unclip_ratio",
    "best_hmean",
)


def append_row(path: Path, row: dict[str, Any]) -> None:
    """Add one row, with the header first in a new file. Columns that the row lacks stay empty; ValueError for unknown ones."""
    fresh = not path.exists() or path.stat().st_size == 0
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if fresh:
            writer.writeheader()
        writer.writerow(row)


def read_rows(path: Path) -> list[dict[str, float | None]]:
    """All rows with numbers; empty cells and torn ends become None. An absent file has no rows."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [{name: _number(row.get(name)) for name in COLUMNS} for row in csv.DictReader(file)]


def _number(cell: str | None) -> float | None:
    try:
        return float(cell) if cell else None
    except ValueError:
        return None
