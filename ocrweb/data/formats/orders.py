"""Numbers in another order than that of the corners: judged by the rules of label files, before an import puts boxes in order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ocrweb.data.checks import label_box as box
from ocrweb.data.checks.label_order import RARELY, other_order


def by_columns(outlines: Sequence[np.ndarray]) -> list[np.ndarray] | None:
    """The outlines, (4, 2) each, whose numbers are all x before all y, with their corners in turn; None when they are as they
    should be, or something else."""
    quads = _quads(outlines)
    if quads is None or box.is_read_well(quads).mean() > RARELY:
        return None
    found = other_order([",".join(map(_written, quad.reshape(-1))) + ",a" for quad in quads])
    if found is None or found.rule != "label.columns":
        return None
    return [quad.reshape(2, 4).T for quad in quads]


def swapped(outlines: Sequence[np.ndarray], size: tuple[int, int]) -> bool | None:
    """As `label_box.swapped`. outlines: in pixels of the picture. size: (width, height) of it."""
    quads = _quads(outlines)
    return False if quads is None else box.swapped(quads, size)


def _quads(outlines: Sequence[np.ndarray]) -> np.ndarray | None:
    """(N, 4, 2), None when some have not four points."""
    four = bool(outlines) and all(len(points) == 4 for points in outlines)
    return np.array(outlines, dtype=np.float64) if four else None


def _written(value: float) -> str:
    return np.format_float_positional(value, trim="-")
