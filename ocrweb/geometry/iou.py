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


def _bounds_meet(a: np.ndarray, b: np.ndarray) -> bool:
    """The cheap test first: most pairs of a page do not meet. Also false for fewer than three points."""
    if len(a) < 3 or len(b) < 3:
        return False
    low, high = np.maximum(a.min(axis=0), b.min(axis=0)), np.minimum(a.max(axis=0), b.max(axis=0))
    return bool((low < high).all())
