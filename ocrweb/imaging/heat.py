"""A probability map as a picture to be laid over the page that it is of."""

from __future__ import annotations

import cv2
import numpy as np

from ocrweb.imaging.draw import heat_map
from ocrweb.imaging.encode import encode_picture

LONGEST = 4096  # pixels of a side, as much as a screen shows of a map and a browser holds with ease


def heat_picture(probability_map: np.ndarray) -> bytes | None:
    """A PNG with the probabilities as heat on nothing, to be stretched over the page; None where there is no text, however weak.

    probability_map: (h, w) float32, 0..1.
    """
    height, width = probability_map.shape
    scale = LONGEST / max(height, width)
    if scale < 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        probability_map = cv2.resize(probability_map, size, interpolation=cv2.INTER_AREA)
    heat = heat_map(probability_map)
    return encode_picture(heat, ".png") if heat[:, :, 3].any() else None
