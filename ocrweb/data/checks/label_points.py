"""Where the points of a label line end and its text begins: an outline may have more than four points, a text may be
numbers. Geometry tells nearly always; where it does not, most lines of the file do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely

from ocrweb.geometry.quad import smallest_rectangle

NEAR = 0.5  # sides of the first four points' bounds by which a fifth may lie outside of them
TIGHT = 0.1
REACH = 3.0  # what lies farther away is a text of numbers
MANY = 6  # numbers more than eight that no text is, if they lie near enough
LARGEST = 65535.0
Sure = Literal["points", "likely", "either", "text"]
_NUMBER = re.compile(r"-?[0-9]++(?:[.][0-9]++)?")
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})++(?:[.][0-9]++)?")  # 1,234.50


@dataclass(frozen=True, slots=True)
class Further:
    """What may be points behind the first four. sure: how sure. points: (P, 2) float64, all of them, the first four too.
    text: what stands behind them, "" when nothing does."""

    sure: Sure
    points: np.ndarray
    text: str


NONE = Further("text", np.zeros((0, 2)), "")


def further_points(first: list[float], text: str) -> Further:
    """Judge what follows eight numbers. first: those. text: all behind them."""
    extra, rest = _leading_numbers(text)
    if len(extra) < 2:
        return NONE
    count = len(extra) - len(extra) % 2
    points = np.array([*first, *map(float, extra[:count])]).reshape(-1, 2)
    behind = ",".join([*extra[count:], *([] if rest is None else [rest])])
    if not (np.abs(points) <= LARGEST).all():
        return Further("text", points, behind)
    if rest is None and (curve := _from_offsets(points)) is not None:
        return Further("points", curve, "")
    return Further(_sureness(points, told=rest is not None, grouped=bool(_GROUPED.fullmatch(text))), points, behind)


def mostly_points(lines: Iterable[Further]) -> bool | None:
    """Whether most lines of a file have more than four points; None when as many have as have not."""
    votes = [line.sure for line in lines]
    more, four = votes.count("points") + votes.count("likely"), votes.count("text")
    return None if more == four else more > four


def are_points(further: Further, mostly: bool | None) -> bool:
    """Whether the numbers are points. mostly: of `mostly_points` for the whole file."""
    if further.sure == "likely":
        return mostly is not False
    return further.sure == "points" or (further.sure == "either" and mostly is True)


def is_doubtful(further: Further, mostly: bool | None) -> bool:
    """Whether a person should look: the numbers were taken for text, and may be points."""
    return further.sure == ("likely" if mostly is False else "either" if mostly is None else None)


def four_points_of(points: np.ndarray) -> np.ndarray:
    """(4, 2) for a label line: the outline's own corners if it has four, else the smallest rotated rectangle around it, in
    whole pixels where that leaves an area. points: (P, 2); one that repeats its neighbour counts once."""
    own = points[(points != np.roll(points, 1, axis=0)).any(axis=1)]
    if len(own) == 4:
        return own if (points[0] == own[0]).all() else np.roll(own, 1, axis=0)
    exact = smallest_rectangle(points)
    whole = np.rint(exact)
    return whole if shapely.Polygon(whole).area >= 1 else exact


def _leading_numbers(text: str) -> tuple[list[str], str | None]:
    """The numbers a text begins with, and what follows them; None when nothing does, not even a comma."""
    parts = text.split(",")
    count = next((i for i, part in enumerate(parts) if not _NUMBER.fullmatch(part.strip())), len(parts))
    return parts[:count], ",".join(parts[count:]) if count < len(parts) else None


def _from_offsets(points: np.ndarray) -> np.ndarray | None:
    """CTW1500's older labels: a curve's bounds, then its 14 points as offsets from their top left corner. None for others.

    points: (16, 2). Returns (14, 2) in the picture.
    """
    if len(points) != 16:
        return None
    corner, size, offsets = points[0], points[1] - points[0], points[2:]
    fits = (offsets.min(axis=0) >= 0).all() and (np.abs(offsets.max(axis=0) - size) <= 1).all() and (size > 0).all()
    return offsets + corner if fits else None


def _sureness(points: np.ndarray, *, told: bool, grouped: bool) -> Sure:
    """told: a text follows, so that the numbers need not be one. grouped: they look like one number, ``1,234``."""
    low, high = points[:4].min(axis=0), points[:4].max(axis=0)
    side = max(float((high - low).max()), 1.0)
    out = float(np.maximum(low - points, points - high).max()) / side  # of the farthest point, in sides
    many = len(points) >= 4 + MANY / 2
    if out > REACH or not (many or shapely.Polygon(points).is_valid):
        return "text"
    if grouped:
        return "either"
    if many or out <= TIGHT:
        return "points"
    return "likely" if told and out <= NEAR else "either"
