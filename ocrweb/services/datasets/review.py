"""The list of what a model drew, the least sure first: for a person to read, and for the queue to tell sure pictures by."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ocrweb.data.export import Proposal
from ocrweb.data.labelling.review import REVIEW, picture_of, review_rows
from ocrweb.data.sample import LabelledBox
from ocrweb.imaging.encode import write_whole
from ocrweb.services.files.table import Table

COLUMNS = ("picture", "box", "score", "unsure", *(f"{axis}{n}" for n in range(1, 5) for axis in "xy"))


def write_review(root: Path, found: Iterable[tuple[str, Sequence[Proposal]]]) -> None:
    """Every box of a dataset that a model labelled; opens in a spreadsheet. found: by the picture's file name."""
    _write(root, [row for name, proposals in found for row in _rows(name, proposals)])


def renew_review(root: Path, found: Mapping[str, Sequence[Proposal]]) -> None:
    """Other boxes for some of the pictures. found: by the picture's name in the dataset."""
    kept = [
        [row.get(name) or "" for name in COLUMNS] for row in review_rows(root) if picture_of(root, row) not in found
    ]
    _write(root, [*kept, *(row for name, proposals in found.items() for row in _rows(Path(name).name, proposals))])


def _rows(name: str, proposals: Sequence[Proposal]) -> list[list[Any]]:
    return [
        [name, number, f"{proposal.score or 0:.4f}", "yes" if proposal.unsure else "", *_whole(proposal.box)]
        for number, proposal in enumerate(proposals, start=1)
    ]


def _write(root: Path, rows: list[list[Any]]) -> None:
    rows.sort(key=lambda row: _score(row[2]))
    table = io.StringIO()
    Table(table, COLUMNS).add_all(rows)
    write_whole(root / REVIEW, table.getvalue().encode("utf-8-sig"))


def _score(text: str) -> float:
    """0 for what a spreadsheet has made of it."""
    try:
        return float(text)
    except ValueError:
        return 0.0


def _whole(box: LabelledBox) -> list[int]:
    return [round(float(value)) for value in box.points.reshape(-1)]
