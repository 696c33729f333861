"""Which boxes stay, and which are ignored because nobody could read them."""

from __future__ import annotations

import cv2
import numpy as np

from ocrweb.data.sample import LabelledBox
from ocrweb.geometry.polygon import area, clip_to, clockwise
from ocrweb.geometry.quad import order_clockwise
from ocrweb.render.sheet import TextBox

SMALLEST = 7.5
LEAST_CONTRAST = 16.0


def settle(pixels: np.ndarray, boxes: list[TextBox]) -> tuple[LabelledBox, ...]:
    """Cut the boxes to the picture and mark the illegible ones as ignored.

    A box mostly outside, flatter than 7.5 pixels, or with less than 16 grey levels of contrast is ignored (``###``);
    one with no area inside is dropped.
    """
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    settled = []
    for box in boxes:
        inside = _inside(box.points, grey.shape[1], grey.shape[0])
        if inside is None:
            continue
        points, share = order_clockwise(inside[0]), inside[1]
        unreadable = box.ignore or share < 0.6 or _height(points) < SMALLEST or _contrast(grey, points) < LEAST_CONTRAST
        text = "###" if unreadable or not box.text else box.text
        settled.append(LabelledBox(points.astype(np.float32), text, ignore=unreadable or not box.text))
    return tuple(settled)


def _inside(points: np.ndarray, width: int, height: int) -> tuple[np.ndarray, float] | None:
    """The part of a quad that is in the picture, as a quad, and its share of the whole."""
    if points.min() >= 0 and points[:, 0].max() <= width and points[:, 1].max() <= height:
        return points, 1.0
    frame = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    covered, cut = cv2.intersectConvexConvex(clockwise(points).astype(np.float32), frame)
    if covered < 4 or cut is None:
        return None
    share = covered / max(1e-6, area(points))
    quad = cv2.boxPoints(cv2.minAreaRect(cut))
    return order_clockwise(clip_to(quad.astype(np.float64), width, height)), share


def _height(points: np.ndarray) -> float:
    """Mean length of the left and the right side in pixels."""
    return float(np.linalg.norm(points[[0, 1]] - points[[3, 2]], axis=1).mean())


def _contrast(grey: np.ndarray, points: np.ndarray) -> float:
    """Grey levels between the darkest and the lightest twentieth of the pixels around a quad's middle."""
    left, top = np.floor(points.min(axis=0)).astype(int)
    right, bottom = np.ceil(points.max(axis=0)).astype(int)
    patch = grey[max(0, top) : bottom, max(0, left) : right]
    if patch.size < 4:
        return 0.0
    if patch.size > 4096:
        patch = patch[:: 1 + patch.shape[0] // 48, :: 1 + patch.shape[1] // 160]
    low, high = np.percentile(patch, (5, 95))
    return float(high - low)
