"""A picture at the size of a thumbnail, without decoding all of it where its format allows that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ocrweb.imaging.picture import DEFAULT_LIMITS, PictureLimits, read_pixels, read_whole

PARTS = (8, 4, 2)  # of its sides that a JPEG can be decoded at, the cheapest first


@dataclass(frozen=True, slots=True, eq=False)
class SmallPicture:
    """pixels: (h, w, 3) uint8 BGR, upright. width, height: of the whole picture, upright."""

    pixels: np.ndarray
    width: int
    height: int


def read_small(
    path: Path, side: int, limits: PictureLimits = DEFAULT_LIMITS, *, name: str | None = None
) -> SmallPicture:
    """A picture file whose longer side is shrunk to ``side`` pixels; a smaller one stays as it is. Raises as `read_picture`."""
    data, header = read_whole(path, limits, name=name)
    width, height = header.upright_size
    longer = max(width, height)
    part = next((part for part in PARTS if header.format == "JPEG" and longer >= part * side), 1)
    pixels = read_pixels(data, header, name or str(path), part)
    scale = min(1.0, side / longer)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if size != pixels.shape[1::-1]:
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return SmallPicture(pixels, width, height)
