"""How much two polygons overlap."""

from __future__ import annotations

import numpy as np
import shapely


def intersection_area(a: np.ndarray, b: np.ndarray) -> float:
    """Shared area in square pixels of two (P, 2) polygons; 0 when either crosses itself or has no area."""
    if not _bounds_meet(a, b):
        return 0.0
    first, second = shapely.polygons(np.asarray(a, np.float64)), shapely.polygons(np.asarray(b, np.float64))
    if not (shapely.is_valid(first) and shapely.is_valid(second)):
        return 0.0
    return float(shapely.area(shapely.intersection(first, second)))


def polygon_intersection_over_union(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union, 0..1, of two (P, 2) polygons with any number of points.

    A polygon that crosses itself or has no area overlaps nothing, as in PaddleOCR's evaluator.
    """
    shared = intersection_area(a, b)
    if shared <= 0.0:
        return 0.0
    first, second = shapely.polygons(np.asarray(a, np.float64)), shapely.polygons(np.asarray(b, np.float64))
    return shared / float(shapely.area(first) + shapely.area(second) - shared)


def _bounds_meet(a: np.ndarray, b: np.ndarray) -> bool:
    """The cheap test first: most pairs of a page do not meet. Also false for fewer than three points."""
    if len(a) < 3 or len(b) < 3:
        return False
    low, high = np.maximum(a.min(axis=0), b.min(axis=0)), np.minimum(a.max(axis=0), b.max(axis=0))
    return bool((low < high).all())
