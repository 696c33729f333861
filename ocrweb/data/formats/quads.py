"""Any outline → a four-point box that a label file may hold: clockwise, inside the picture, with area."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocrweb.data.checks import label_box
from ocrweb.data.checks.label_file import MARGIN
from ocrweb.geometry.polygon import clip_to
from ocrweb.geometry.quad import order_clockwise

LARGEST = 1e6  # pixels; no picture is that large


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """quad: (4, 2) float32, whole pixels, None when dropped. dropped: "", "points" (no coordinates), "outside" of the
    picture or "no-area". reduced: it was no quadrilateral. reordered, clipped: its points were."""

    quad: np.ndarray | None
    dropped: str = ""
    reduced: bool = False
    reordered: bool = False
    clipped: bool = False


def fit_quad(points: np.ndarray, size: tuple[int, int]) -> Fitted:
    """Fit one outline into a picture.

    points: (P, 2), x then y, pixels; two are the corners of an upright rectangle. size: (width, height). An outline that
    is no quadrilateral becomes the smallest rotated rectangle around it, since a label line holds four points.
    """
    if not np.isfinite(points).all() or np.abs(points).max(initial=0) > LARGEST:
        return Fitted(None, "points")
    corners = _distinct(points)
    if len(corners) < 2:
        return Fitted(None, "no-area")
    if len(corners) == 2:
        corners = _rectangle(corners)
    reduced = len(corners) != 4
    if reduced:
        smallest = cv2.boxPoints(cv2.minAreaRect(corners.astype(np.float32)))
        corners = order_clockwise(np.asarray(smallest, np.float64))
    ordered = _ordered(corners)
    out, outside = label_box.overhang(ordered[None], size)
    if outside[0]:
        return Fitted(None, "outside")
    inside = clip_to(ordered, *size)
    quad = _with_area(np.rint(inside))
    if quad is None:
        quad = _with_area(inside)  # so thin that whole pixels leave nothing of it
    if quad is None:
        return Fitted(None, "no-area")
    reordered = not reduced and len(points) > 2 and not np.array_equal(ordered, corners)
    return Fitted(quad.astype(np.float32), "", reduced, reordered, bool(out[0] > MARGIN))


def from_stored(points: np.ndarray, orientation: int, stored: tuple[int, int]) -> np.ndarray:
    """Points on the pixels as stored → on the picture as seen. orientation: EXIF 1..8. stored: (width, height) in the file."""
    x, y = points[:, 0], points[:, 1]
    width, height = stored
    turned = {
        2: (width - x, y),
        3: (width - x, height - y),
        4: (x, height - y),
        5: (y, x),
        6: (height - y, x),
        7: (height - y, width - x),
        8: (y, width - x),
    }.get(orientation, (x, y))
    return np.stack(turned, axis=1)


def _distinct(points: np.ndarray) -> np.ndarray:
    """Without points that repeat their neighbour, the closing one included."""
    kept = (points != np.roll(points, 1, axis=0)).any(axis=1)
    return points[kept] if kept.any() else points[:1]


def _rectangle(corners: np.ndarray) -> np.ndarray:
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def _ordered(quad: np.ndarray) -> np.ndarray:
    """Clockwise and without crossing sides; the start stays unless it is odd for an upright line of text."""
    several = quad[None]
    if label_box.is_crossing(several)[0]:
        several = label_box.untangle(several)
    several = label_box.clockwise(several)
    if label_box.starts_oddly(several)[0]:
        several = label_box.start_at_top_left(several)
    return several[0]


def _with_area(quad: np.ndarray) -> np.ndarray | None:
    several = _ordered(quad)[None]
    flat = label_box.is_degenerate(several)[0] or label_box.is_crossing(several)[0]
    return None if flat else several[0]
