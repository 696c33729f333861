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
    scores = np.zeros(len(outlines))
    if len(outlines) == 0:
        return scores
    bounds = _bounds(outlines, probability_map.shape)
    for index, (left, top, right, bottom) in enumerate(bounds.tolist()):
        crop = probability_map[top : bottom + 1, left : right + 1]
        mask = np.zeros(crop.shape[:2], np.uint8)
        cv2.fillPoly(mask, [(outlines[index] - bounds[index, :2]).astype(np.int32)], (1,))
        scores[index] = cv2.mean(crop, mask)[0]
    return scores


def _bounds(outlines: Sequence[np.ndarray] | np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """First and last pixel of each outline's bounding box within the map: (N, 4) left, top, right, bottom."""
    starts = np.cumsum([0] + [len(outline) for outline in outlines[:-1]])
    points = np.concatenate(list(outlines))
    low = np.floor(np.minimum.reduceat(points, starts)).astype(np.int64)
    high = np.ceil(np.maximum.reduceat(points, starts)).astype(np.int64)
    height, width = shape[:2]
    return np.clip(np.hstack([low, high]), 0, [width - 1, height - 1] * 2)
