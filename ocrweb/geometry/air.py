"""The box an annotator would draw around ink."""

from __future__ import annotations

import numpy as np


def with_air(ink: tuple[float, ...], size: float) -> np.ndarray:
    """The ink's rectangle, some air, and never flatter than half the letters' size: (4, 2) float64, clockwise.

    ink: left, top, right, bottom. size: of the letters, pixels. The air is that of ICDAR2019 SROIE's line boxes: their height is 1.23 times that of
    capitals and digits (median).
    """
    left, top, right, bottom = ink
    beside, above = max(0.5, 0.06 * size), max(0.7, 0.085 * size)
    above += max(0.0, 0.5 * size - (bottom - top)) / 2
    left, right, top, bottom = left - beside, right + beside, top - above, bottom + above
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], dtype=np.float64)
