"""Total-Text's ``poly_gt_img1.mat``: a row for each text, ``'x:'``, numbers, ``'y:'``, numbers, text, orientation."""

from __future__ import annotations

import numpy as np

from ocrweb.data.formats.annotated import Shape, text_in
from ocrweb.data.formats.marks import mark_of
from ocrweb.data.formats.matlab import MAGIC, Array, arrays_in, cells, names_in

NAMES = ("polygt", "gt")
_ACROSS, _DOWN, _TEXT, _ORIENTATION = 1, 3, 4, 5  # columns


def is_total_text(data: bytes) -> bool:
    return data.startswith(MAGIC) and bool(names_in(data).intersection(NAMES))


def shapes_in_mat(data: bytes) -> list[tuple[int, Shape | str]]:
    """(row, shape or what stands there instead) for every text of a file. Raises one of `matlab.DAMAGED`."""
    found = arrays_in(data, NAMES)
    table = next(found[name] for name in NAMES if name in found)
    parts = cells(table)
    if not parts:
        return []
    rows, columns = table.shape
    if columns <= _TEXT or rows * columns != len(parts):
        raise ValueError(f"{table.name} of {rows} × {columns}")
    return [(row + 1, _shape(parts[row::rows])) for row in range(rows)]


def _shape(row: list[Array]) -> Shape | str:
    across, down = row[_ACROSS].values, row[_DOWN].values
    text, turn = (_text(row[column]) if column < len(row) else "" for column in (_TEXT, _ORIENTATION))
    if not isinstance(across, np.ndarray) or not isinstance(down, np.ndarray):
        return text or "points"
    if across.size != down.size or across.size < 2:
        return text or "points"
    return Shape(np.stack([across, down], axis=1).astype(np.float64), text, mark_of("total-text", text, turn))


def _text(cell: Array) -> str:
    return text_in(cell.values) if isinstance(cell.values, str) else ""
