"""Label Studio's CSV and TSV exports: a row an annotation, with JSON in the cells that JSON-MIN has as values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from ocrweb.config.documents import parse_json

_COLUMNS = {"annotator", "annotation_id", "created_at", "updated_at", "lead_time"}  # of every export
_OUTLINES = b"original_width"  # in the cells of pictures
csv.field_size_limit(1 << 30)  # a cell holds all labels of a picture


def is_label_studio_table(data: bytes, heading: str) -> bool:
    return set(_head_of(heading)[1]) >= _COLUMNS and _OUTLINES in data


def tasks_in_table(text: str) -> Iterator[dict[str, Any] | str]:
    """Each row as JSON-MIN has it, or why it cannot be read. Raises csv.Error."""
    text = text.removeprefix("\ufeff")
    mark, head = _head_of(text.split("\n", 1)[0])
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    next(rows, None)
    for cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(head):
            yield f"{len(cells)} ≠ {len(head)}"
            continue
        try:
            yield {name: _value(cell) for name, cell in zip(head, cells, strict=True)}
        except (ValueError, RecursionError) as failure:
            yield str(failure)


def _value(cell: str) -> Any:
    """Raises ValueError where outlines are damaged; any other text may begin with a bracket."""
    if not cell.startswith(("[", "{")):
        return cell
    try:
        return parse_json(cell)
    except ValueError:
        if cell.startswith(("[{", "{")):
            raise
        return cell


def _head_of(line: str) -> tuple[str, list[str]]:
    """What stands between the cells, and the names of the columns."""
    mark = max(",\t;", key=line.count)
    return mark, [name.strip(' "\r\n') for name in line.split(mark)]
