"""One detected text region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class TextRegion:
    """A place where there is text.

    quad: (4, 2) float32, x then y, in pixels of the picture as a person sees it (EXIF applied), clockwise from the top-left.
    score: mean probability inside the region, 0..1.
    outline: (P, 2) float32 with P >= 4 when a polygon was asked for, else None. Same pixels, clockwise.
    """

    quad: np.ndarray
    score: float
    outline: np.ndarray | None = None
