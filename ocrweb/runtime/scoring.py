"""How sure the network is of a region: the mean probability inside its outline."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np


def score_outlines(probability_map: np.ndarray, outlines: Sequence[np.ndarray] | np.ndarray) -> np.ndarray:
    """Mean probability inside each outline: PaddleOCR's ``box_score_fast`` and ``box_score_slow`` in one.

    probability_map: (H, W) float32. outlines: (P, 2) each, map pixels; points are cut to whole pixels relative to the
    outline's bounding box, and the border counts as inside. Returns (N,) float64.
    """
    height, width = probability_map.shape
    scores = np.zeros(len(outlines))
    for index, outline in enumerate(outlines):
        low, high = outline.min(axis=0), outline.max(axis=0)
        left, right = _span(low[0], high[0], width)
        top, bottom = _span(low[1], high[1], height)
        crop = probability_map[top : bottom + 1, left : right + 1]
        mask = np.zeros(crop.shape, np.uint8)
        cv2.fillPoly(mask, [(outline - (left, top)).astype(np.int32)], 1)
        scores[index] = cv2.mean(crop, mask)[0]
    return scores


def _span(low: float, high: float, size: int) -> tuple[int, int]:
    """First and last pixel of a bounding box along one axis, within the map."""
    first = min(max(int(np.floor(low)), 0), size - 1)
    last = min(max(int(np.ceil(high)), 0), size - 1)
    return first, last
