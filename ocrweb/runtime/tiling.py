"""A picture that the size limit would shrink until ordinary text vanishes is looked at tile by tile.

The maps of the tiles are blended into one map of the whole page, which is decoded once: no box is cut at a seam, none
comes twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ocrweb.config.detection import ResizeOptions
from ocrweb.runtime.preprocess import STRIDE, network_size
from ocrweb.runtime.transform import PageTransform

LINES_ACROSS = 60  # as many lines of ordinary text, side by side, are as wide as a page: 10 points on A4
LOWEST, HIGHEST = 14.5, 54.0  # picture pixels: an ordinary line of text is never taken for lower or higher
READABLE = 8.0  # network pixels: lines that are less high are lost
WANTED = 20.0  # network pixels of an ordinary line in a picture that is tiled
OVERLAP = 160  # network pixels that neighbours share; the outer quarters of it, where a tile sees least, do not count
SMALLEST = 480  # network pixels: tiles of a shorter side would be overlap for the most part
LARGEST = 1280  # … and of a longer one would take more memory than an ordinary picture, which is seen at this size


@dataclass(frozen=True, slots=True)
class Axis:
    """Tiles along one axis, in network pixels. size: of each, a multiple of 32. starts: ascending, multiples of 32."""

    size: int
    starts: tuple[int, ...]

    def weights(self, index: int) -> np.ndarray:
        """(size,) float32: how much each pixel of a tile counts. The weights of all tiles add up to 1 everywhere."""
        weights = np.ones(self.size, np.float32)
        if index > 0:
            rise = _rise(self.starts[index - 1] + self.size - self.starts[index])
            weights[: len(rise)] = rise
        if index + 1 < len(self.starts):
            rise = _rise(self.starts[index] + self.size - self.starts[index + 1])
            weights[self.size - len(rise) :] = 1 - rise
        return weights


@dataclass(frozen=True, slots=True)
class Tiling:
    """The whole page at one scale, and its tiles, all of one size."""

    page: PageTransform
    down: Axis
    across: Axis

    @property
    def count(self) -> int:
        return len(self.down.starts) * len(self.across.starts)

    def tiles(self) -> Iterator[Tile]:
        """From the top left, row by row."""
        for row, top in enumerate(self.down.starts):
            for column, left in enumerate(self.across.starts):
                place = (slice(top, top + self.down.size), slice(left, left + self.across.size))
                yield Tile(place, np.outer(self.down.weights(row), self.across.weights(column)))


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """place: rows and columns of the page. weights: (h, w) float32, what its map counts there."""

    place: tuple[slice, slice]
    weights: np.ndarray


def plan_tiles(
    width: int, height: int, resize: ResizeOptions, fixed: tuple[int, int] | None, scale: float
) -> Tiling | None:
    """How to look at a picture in tiles, or None for one that is seen well enough at once.

    width, height: picture pixels. fixed: (height, width) of a network that takes no other. scale: network pixels a
    picture pixel if the picture is looked at whole. A smaller network than usual is a choice of speed, so it alone does
    not make an ordinary picture one of tiles.
    """
    usual = min(1.0, LARGEST / max(width, height))
    if not vanishes(width, height, max(scale, usual)):
        return None
    limit = min(resize.limit_side, LARGEST) if resize.limit_type == "max" else LARGEST
    most_high, most_wide = (side // STRIDE * STRIDE for side in fixed or (limit, limit))
    if min(most_high, most_wide) < SMALLEST:
        return None
    wanted = min(1.0, WANTED / ordinary_height(width, height))
    unlimited = ResizeOptions.model_construct(limit_side=max(1, int(max(width, height) * wanted)), limit_type="max")
    resized_width, resized_height = network_size(width, height, unlimited)
    page = PageTransform.stretched(width, height, resized_width, resized_height)
    tiling = Tiling(page, _axis(resized_height, most_high), _axis(resized_width, most_wide))
    return tiling if tiling.count > 1 else None


def ordinary_height(width: int, height: int) -> float:
    """Picture pixels of an ordinary line of text: it is to the page as 10 points are to A4, within bounds."""
    return min(max(min(width, height) / LINES_ACROSS, LOWEST), HIGHEST)


def vanishes(width: int, height: int, scale: float) -> bool:
    """Whether ordinary text of a picture is too small to be found at so many network pixels a picture pixel."""
    return ordinary_height(width, height) * scale < READABLE


def _axis(length: int, most: int) -> Axis:
    """As few tiles as cover a length, as small as they can then be."""
    if length <= most:
        return Axis(length, (0,))
    count = math.ceil((length - OVERLAP) / (most - OVERLAP))
    size = min(most, math.ceil((length + (count - 1) * OVERLAP) / count / STRIDE) * STRIDE)
    steps = [(length - size) * index // (count - 1) // STRIDE * STRIDE for index in range(count)]
    return Axis(size, tuple(steps))


def _rise(shared: int) -> np.ndarray:
    """(shared,) float32 from 0 to 1: a straight slope over the middle half of what two neighbours share."""
    places = (np.arange(shared, dtype=np.float32) + 0.5) / shared
    return np.clip(2 * places - 0.5, 0, 1)
