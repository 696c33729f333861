"""Four-point boxes: one order of the corners for all."""

from __future__ import annotations

import cv2
import numpy as np


def order_clockwise(points: np.ndarray) -> np.ndarray:
    """Order the corners of a rotated rectangle clockwise as seen on the screen, starting at the top-left one.

    points: (4, 2), in any order, x then y, y downwards. Returns (4, 2) of the same type, in the order of PaddleOCR's
    ``get_mini_boxes``: of the two leftmost corners the upper one comes first. Other quadrilaterals may cross themselves
    in it; `polygon.clockwise` keeps theirs.
    """
    return order_many_clockwise(np.asarray(points).reshape(1, 4, 2))[0]


def smallest_rectangle(points: np.ndarray) -> np.ndarray:
    """The smallest rotated rectangle around an outline: (P, 2), P >= 1 → (4, 2) float64, as `order_clockwise` orders it."""
    corners = cv2.boxPoints(cv2.minAreaRect(np.asarray(points, np.float32)))
    return order_clockwise(np.asarray(corners, np.float64))


def order_many_clockwise(quads: np.ndarray) -> np.ndarray:
    """`order_clockwise` of many quads at once: (N, 4, 2) → (N, 4, 2)."""
    if len(quads) == 0:
        return quads
    by_x = np.take_along_axis(quads, np.argsort(quads[:, :, 0], axis=1, kind="stable")[:, :, None], axis=1)
    left, right = by_x[:, :2], by_x[:, 2:]
    left_swapped = left[:, 1, 1] <= left[:, 0, 1]
    right_swapped = right[:, 1, 1] <= right[:, 0, 1]
    top_left = np.where(left_swapped[:, None], left[:, 1], left[:, 0])
    bottom_left = np.where(left_swapped[:, None], left[:, 0], left[:, 1])
    top_right = np.where(right_swapped[:, None], right[:, 1], right[:, 0])
    bottom_right = np.where(right_swapped[:, None], right[:, 0], right[:, 1])
    return np.stack([top_left, top_right, bottom_right, bottom_left], axis=1)
