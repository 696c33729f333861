"""Area, order and bounds of one polygon. Points are (P, 2), x then y, y growing downwards as in a picture."""

from __future__ import annotations

import numpy as np


def signed_area(polygon: np.ndarray) -> float:
    """Shoelace area in square pixels: positive when the points run clockwise as seen on the screen.

    A polygon of fewer than three points has area 0.
    """
    points = np.asarray(polygon, dtype=np.float64).reshape(-1, 2)
    if len(points) < 3:
        return 0.0
    x, y = (points - points[0]).T  # near the origin: large coordinates lose no digits, the closing side counts nothing
    return float(0.5 * (x[:-1] @ y[1:] - y[:-1] @ x[1:]))


def area(polygon: np.ndarray) -> float:
    """Area in square pixels, whatever the order of the points; 0 for fewer than three points."""
    return abs(signed_area(polygon))


def perimeter(polygon: np.ndarray) -> float:
    """Length of the closed outline in pixels."""
    points = np.asarray(polygon, dtype=np.float64).reshape(-1, 2)
    sides = np.diff(points, axis=0, append=points[:1])
    return float(np.hypot(sides[:, 0], sides[:, 1]).sum())


def clockwise(polygon: np.ndarray) -> np.ndarray:
    """The same points, clockwise as seen on the screen; the first point stays first."""
    points = np.asarray(polygon).reshape(-1, 2)
    if signed_area(points) >= 0:
        return points
    return np.concatenate([points[:1], points[:0:-1]])


def clip_to(polygon: np.ndarray, width: float, height: float) -> np.ndarray:
    """Move every point that lies outside the picture onto its border, as PaddleOCR does with labels.

    width, height: largest x and y allowed. Returns a new array of the same shape and type; the count of points stays.
    """
    points = np.asarray(polygon).reshape(-1, 2)
    return np.clip(points, 0, np.array([width, height], dtype=points.dtype))
