"""Overlap of polygons."""

from __future__ import annotations

import numpy as np
import pytest

from ocrweb.geometry.iou import intersection_area

SQUARE = np.array([[0, 0], [10, 0], [10, 10], [0, 10]])
BOWTIE = np.array([[0, 0], [10, 10], [10, 0], [0, 10]])


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        (SQUARE, 100),
        (SQUARE[::-1], 100),
        (SQUARE + 5, 25),
        (np.add(SQUARE, [10, 0]), 0),
        (SQUARE + 100, 0),
        (np.array([[5, -5], [15, 5], [5, 15], [-5, 5]]), 100),
        (SQUARE[:3], 50),
        (BOWTIE, 0),
        (SQUARE[::2], 0),
        (SQUARE[:0], 0),
        (np.array([[0, 0], [5, 0], [10, 0]]), 0),
    ],
    ids=[
        "same",
        "other-order",
        "corner",
        "touching",
        "far",
        "diamond",
        "triangle",
        "crossing-itself",
        "two-points",
        "none",
        "no-area",
    ],
)
def test_overlap(other: np.ndarray, shared: float) -> None:
    assert intersection_area(SQUARE, other) == pytest.approx(shared)
    assert intersection_area(other, SQUARE) == pytest.approx(shared)
