"""What counts as "reasonable boxes" in the golden test set.

With known true boxes: at least `LEAST_RECALL` of them are found (IoU above 0.5, one to one).
Without: the regions look like text, and not like what the model answers to an empty page of the same size. At least
one is a plausible box, plausible boxes are at least half of all and more than `BLANK_FACTOR` times those of the empty
page, and there are fewer than `NOISE_COUNT`. A plausible box has a shorter side of at least `LEAST_SIDE` pixels and
`LEAST_SHARE` of the picture's shorter side, and covers at most `LARGEST_SHARE` of the picture.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ocrweb.evaluation.matching import match
from ocrweb.runtime.region import TextRegion

LEAST_RECALL = 0.5
LEAST_SIDE = 4.0
LEAST_SHARE = 0.004
LARGEST_SHARE = 0.6
NOISE_COUNT = 800
BLANK_FACTOR = 2


def recall(truth: Sequence[np.ndarray], regions: Sequence[TextRegion]) -> float:
    """Found share of the true boxes, 0..1. truth: (4, 2) each, picture pixels, not empty."""
    found = match(truth, [False] * len(truth), [region.quad for region in regions])
    return len(found.pairs) / len(truth)


def is_plausible(quad: np.ndarray, width: int, height: int) -> bool:
    """Whether one box may be a text: not tiny, not nearly the whole picture. quad: (4, 2), picture pixels."""
    sides = np.linalg.norm(quad - np.roll(quad, -1, axis=0), axis=1)
    thin = min(float(sides[0] + sides[2]), float(sides[1] + sides[3])) / 2
    if thin < max(LEAST_SIDE, LEAST_SHARE * min(width, height)):
        return False
    return _area(quad) <= LARGEST_SHARE * width * height


def count_plausible(regions: Sequence[TextRegion], width: int, height: int) -> int:
    """How many regions of a picture of that size are plausible boxes."""
    return sum(is_plausible(region.quad, width, height) for region in regions)


def looks_like_text(regions: Sequence[TextRegion], on_blank: int, width: int, height: int) -> bool:
    """Whether the regions of a picture with unknown text are reasonable (rule above).

    on_blank: plausible boxes that the same model sees on an empty page of the same size: noise answers both alike.
    """
    plausible = count_plausible(regions, width, height)
    enough = plausible > BLANK_FACTOR * on_blank and 2 * plausible >= len(regions)
    return enough and len(regions) < NOISE_COUNT


def _area(quad: np.ndarray) -> float:
    return float(cv2.contourArea(np.ascontiguousarray(quad, dtype=np.float32)))
