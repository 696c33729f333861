"""Where the crop is cut out: around text, and through as few texts as possible; and what is left of those it cuts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ocrweb.geometry.outlines import Outlines
from ocrweb.geometry.polygon import area

_CANDIDATES = 10


def draw_window(
    rng: np.random.Generator, bounds: tuple[np.ndarray, np.ndarray], texts: Outlines, size: int
) -> np.ndarray:
    """Top-left corner (2,) of a square window on the stage.

    bounds: lowest and highest corner (2,), (2,) of the picture on the stage; the window stays within it, or the picture
    within the window where that is larger. texts: those to aim at; with none, any place is as good.
    Of some windows that each hold a random point near a random text, takes the one with most whole texts a cut one.
    """
    first, second = bounds[0], bounds[1] - size
    lowest, highest = np.minimum(first, second), np.maximum(first, second)
    if not len(texts):
        return rng.uniform(lowest, highest)
    lows, highs = texts.bounds()
    chosen = rng.integers(0, len(texts), _CANDIDATES)
    aim = lows[chosen] + rng.random((_CANDIDATES, 2)) * (highs - lows)[chosen]
    starts = np.clip(aim - rng.uniform(0.1, 0.9, (_CANDIDATES, 2)) * size, lowest, highest)
    begin, end = starts[:, None], starts[:, None] + size
    whole = ((lows >= begin) & (highs <= end)).all(axis=2)
    touched = ((lows < end) & (highs > begin)).all(axis=2)
    kept = whole.sum(axis=1)
    return starts[int(np.argmax((kept + 0.5) / (touched.sum(axis=1) + 1)))]


def cut_texts(
    texts: Outlines, ignore: Sequence[bool], size: int, min_visible: float
) -> tuple[list[np.ndarray], list[bool]]:
    """What a crop shows of each text: polygons clipped to 0..size, with their flags; texts outside are left out.

    A text of which less than ``min_visible`` of the area is inside is ignored.
    """
    lows, highs = texts.bounds()
    outside = np.asarray(((lows >= size) | (highs <= 0)).any(axis=1))
    inside = np.asarray(((lows >= 0) & (highs <= size)).all(axis=1))
    kept: list[np.ndarray] = []
    flags: list[bool] = []
    for index, polygon in enumerate(texts.split()):
        if inside[index]:
            kept.append(polygon)
            flags.append(bool(ignore[index]))
        elif not outside[index]:
            visible = clip_to_square(polygon, size)
            if len(visible) >= 3:
                kept.append(visible)
                flags.append(bool(ignore[index]) or area(visible) < min_visible * area(polygon))
    return kept, flags


def clip_to_square(polygon: np.ndarray, size: float) -> np.ndarray:
    """The part of a polygon inside 0..size on both axes, (Q, 2) float64; Q is 0 when there is none.

    Sutherland-Hodgman: the polygon may be of any shape; parts that the window separates stay joined along its border.
    """
    points: list[list[float]] = np.asarray(polygon, np.float64).tolist()
    for axis in (0, 1):
        for sign, bound in ((1.0, 0.0), (-1.0, -float(size))):
            clipped: list[list[float]] = []
            for before, here in zip(points[-1:] + points[:-1], points, strict=True):
                inside_before, inside_here = sign * before[axis] >= bound, sign * here[axis] >= bound
                if inside_before != inside_here:
                    share = (sign * bound - before[axis]) / (here[axis] - before[axis])
                    clipped.append([b + share * (h - b) for b, h in zip(before, here, strict=True)])
                if inside_here:
                    clipped.append(here)
            points = clipped
    return np.array(points, np.float64).reshape(-1, 2)
