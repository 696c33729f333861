"""What the simulated person sees of boxes: how far they overlap, where one is cut, what a drag can draw."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import cv2
import numpy as np
import shapely

BEYOND = 0.1  # of a box, that goes on beside the texts in it: it is cut there
SHRUNK = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)  # of the rectangle around a tilted text, the one that is tried for it


def shape(points: np.ndarray) -> shapely.Geometry:
    return shapely.make_valid(shapely.Polygon(np.asarray(points, np.float64)))


def iou(one: np.ndarray, other: np.ndarray) -> float:
    if (np.max(one, axis=0) < np.min(other, axis=0)).any() or (np.max(other, axis=0) < np.min(one, axis=0)).any():
        return 0.0
    a, b = shape(one), shape(other)
    shared = shapely.intersection(a, b).area
    return float(shared / max(a.area + b.area - shared, 1e-6))


def inside(inner: np.ndarray, outer: np.ndarray) -> float:
    """Share of the one that lies in the other."""
    one = shape(inner)
    return float(shapely.intersection(one, shape(outer)).area / max(one.area, 1e-6))


def level(points: np.ndarray) -> np.ndarray:
    """The rectangle along the sides of the picture that comes nearest: what one drag can draw at best."""
    low, high = np.min(points, axis=0), np.max(points, axis=0)
    middle, half = (low + high) / 2, (high - low) / 2
    tried = [
        middle + half * np.array([[-x, -y], [x, -y], [x, y], [-x, y]]) for x, y in itertools.product(SHRUNK, SHRUNK)
    ]
    return max(tried, key=lambda quad: iou(points, quad))


def around(parts: Sequence[np.ndarray]) -> np.ndarray:
    points = np.concatenate([np.asarray(part, np.float32) for part in parts])
    return np.asarray(cv2.boxPoints(cv2.minAreaRect(points)), np.float64)


def cut_apart(quad: np.ndarray, held: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The box cut halfway between the texts that it holds and where it goes on beyond them, across or along, whichever parts
    them better: one cut less than there are pieces."""
    sides = (quad[1] - quad[0], quad[3] - quad[0])
    spans = [sorted(_span(true, quad[0], side) for true in held) for side in sides]
    axis = int(_apart(spans[1]) > _apart(spans[0]))
    span = spans[axis]
    cuts = [(before[1] + after[0]) / 2 for before, after in itertools.pairwise(span)]
    cuts = [*([span[0][0]] if span[0][0] > BEYOND else []), *cuts, *([span[-1][1]] if span[-1][1] < 1 - BEYOND else [])]
    along, other = sides[axis], sides[1 - axis]
    found = []
    for low, high in itertools.pairwise([0.0, *cuts, 1.0]):
        start, end = quad[0] + low * along, quad[0] + high * along
        corners = [start, end, end + other, start + other] if axis == 0 else [start, start + other, end + other, end]
        found.append(np.array(corners))
    return found


def sweeps(wrong: Sequence[np.ndarray], right: Sequence[np.ndarray]) -> int:
    """Rectangles that take away all wrong boxes and no right one, each in turn the one that takes most of those left."""
    left, kept = ([(*np.min(quad, axis=0), *np.max(quad, axis=0)) for quad in quads] for quads in (wrong, right))
    count = 0
    while left:
        taken = left[:1]
        for one, other in itertools.combinations(left, 2):
            band = (*np.minimum(one[:2], other[:2]), *np.maximum(one[2:], other[2:]))
            swept = [] if any(_holds(band, box) for box in kept) else [box for box in left if _holds(band, box)]
            taken = max(taken, swept, key=len)
        left = [box for box in left if not any(box is one for one in taken)]
        count += 1
    return count


def _holds(outer: Sequence[float], box: Sequence[float]) -> bool:
    return outer[0] <= box[0] and outer[1] <= box[1] and outer[2] >= box[2] and outer[3] >= box[3]


def drop(boxes: list[np.ndarray], one: np.ndarray | None) -> None:
    boxes[:] = [box for box in boxes if box is not one]


def _span(points: np.ndarray, origin: np.ndarray, side: np.ndarray) -> tuple[float, float]:
    along = (points - origin) @ side / max(float(side @ side), 1e-6)
    return float(along.min()), float(along.max())


def _apart(spans: Sequence[tuple[float, float]]) -> float:
    """The smallest gap between spans; of one alone what it leaves of the side."""
    if len(spans) == 1:
        return 1 - (spans[0][1] - spans[0][0])
    return min(after[0] - before[1] for before, after in itertools.pairwise(spans))
