"""One page of a document, as a picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class DocumentPage:
    """pixels: (H, W, 3) uint8 BGR, as a person sees the page. number: from 1.

    to_points: (a, b, c, d, e, f) of a PDF: pixel (x, y) lies at (a·x + c·y + e, b·x + d·y + f) points, which PDF counts
    from the bottom left of the unturned page. None for pages that have no points.
    """

    pixels: np.ndarray
    number: int
    to_points: tuple[float, ...] | None = None
