"""Any outline → a four-point box that a label file may hold: clockwise, inside the picture, with area."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ocrweb.data.checks import label_box
from ocrweb.data.formats.annotated import LARGEST, numbers_of
from ocrweb.geometry.quad import smallest_rectangle


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """quad: (4, 2) float32, whole pixels, None when dropped. dropped: "", "points" (no coordinates), "outside" of the
    picture or "no-area". reduced: it was no quadrilateral. reordered, clipped: its points were."""

    quad: np.ndarray | None
    dropped: str = ""
    reduced: bool = False
    reordered: bool = False
    clipped: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Corners:
    """points: (4, 2) float64. kind: "quad" as given, "rectangle" of two corners, "reduced" from any other outline."""

    points: np.ndarray
    kind: str = "quad"


def fit_quads(outlines: Sequence[np.ndarray], size: tuple[int, int]) -> list[Fitted]:
    """Fit the outlines of a picture into it, all at once.

    outlines: each (P, 2), x then y, pixels; two points are the corners of an upright rectangle. size: (width, height). An
    outline that is no quadrilateral becomes the smallest rotated rectangle around it, since a label line holds four points.
    """
    found = [_corners(np.asarray(points, np.float64)) for points in outlines]
    corners = [entry for entry in found if isinstance(entry, _Corners)]
    fitted = iter(_fit_all(corners, size) if corners else ())
    return [next(fitted) if isinstance(entry, _Corners) else Fitted(None, entry) for entry in found]


def _fit_all(corners: list[_Corners], size: tuple[int, int]) -> list[Fitted]:
    given = np.stack([entry.points for entry in corners])
    ordered = _ordered(given)
    out, outside = label_box.overhang(ordered, size)
    inside = np.clip(ordered, 0, size)
    whole = _ordered(np.rint(inside))
    thin = _is_flat(whole)  # so thin that whole pixels leave nothing of it
    quads = np.where(thin[:, None, None], _ordered(inside), whole)
    flat = _is_flat(quads) | ~np.isfinite(quads).all(axis=(1, 2))  # nothing turns an outline of 1e-45 pixels
    changed = (ordered != given).any(axis=(1, 2))
    exact = quads.astype(np.float32)
    return [
        Fitted(None, "outside" if outside[index] else "no-area")
        if outside[index] or flat[index]
        else Fitted(
            exact[index],
            reduced=entry.kind == "reduced",
            reordered=entry.kind == "quad" and bool(changed[index]),
            clipped=bool(out[index] > label_box.MARGIN),
        )
        for index, entry in enumerate(corners)
    ]


def turned_about_centre(box: np.ndarray, degrees: float) -> np.ndarray:
    """(4, 2) corners of an upright box turned clockwise on the screen about its centre. box: (2, 2), two corners."""
    (left, top), (right, bottom) = box.min(axis=0), box.max(axis=0)
    centre = (box[0] + box[1]) / 2
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]]) - centre
    return np.asarray(corners @ np.array([[cosine, sine], [-sine, cosine]]) + centre)


def around(outlines: Sequence[np.ndarray]) -> np.ndarray:
    """(4, 2) corners of the box around parts of a line, turned as its words with four corners are on the whole; a single
    one is the line itself. outlines: each (P, 2), P >= 2, one or more."""
    if len(outlines) == 1:
        return outlines[0]
    along = np.sum([[0.0, 0.0], *(points[1] - points[0] for points in outlines if len(points) == 4)], axis=0)
    length = float(np.hypot(*along))
    right = along / length if length else np.array([1.0, 0.0])
    axes = np.stack([right, (-right[1], right[0])])  # to the right and down, as the text stands
    inside = np.concatenate(outlines) @ axes.T
    (left, top), (far, low) = inside.min(axis=0), inside.max(axis=0)
    return np.asarray(np.array([[left, top], [far, top], [far, low], [left, low]]) @ axes)


def turned_as_said(box: np.ndarray, said: Any) -> np.ndarray:
    """`turned_about_centre` by what a file gives as a box's rotation, a number or a text of one; the box itself where it gives
    none."""
    turn = numbers_of(said)
    return turned_about_centre(box, float(turn[0])) if turn is not None and turn[0] % 360 else box


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


def _corners(points: np.ndarray) -> _Corners | str:
    """Four corners for an outline, or why there are none."""
    if not len(points) or not np.abs(points).max() <= LARGEST:  # false for what is not a number too
        return "points"
    new = (points != np.roll(points, 1, axis=0)).any(axis=1)  # unlike the point before, the last for the first
    if len(points) == 4 and new.sum() >= 3:  # a triangle may have a corner twice: it has an area, so it stays
        return _Corners(points)
    distinct = points[new]
    if len(distinct) < 2:
        return "no-area"
    if len(distinct) == 2:
        (left, top), (right, bottom) = distinct.min(axis=0), distinct.max(axis=0)
        return _Corners(np.array([[left, top], [right, top], [right, bottom], [left, bottom]]), "rectangle")
    if len(distinct) == 4:
        return _Corners(
            distinct if new[0] else np.roll(distinct, 1, axis=0)
        )  # a closed ring starts with its last point
    return _Corners(smallest_rectangle(distinct), "reduced")


def _ordered(quads: np.ndarray) -> np.ndarray:
    """Clockwise and without crossing sides; the start stays unless it is odd for an upright line of text. (N, 4, 2)"""
    crossing = label_box.is_crossing(quads)[:, None, None]
    turned = label_box.clockwise(np.where(crossing, label_box.untangle(quads), quads))
    odd = label_box.starts_oddly(turned)[:, None, None]
    return np.where(odd, label_box.start_at_top_left(turned), turned)


def _is_flat(quads: np.ndarray) -> np.ndarray:
    return label_box.is_degenerate(quads) | label_box.is_crossing(quads)
