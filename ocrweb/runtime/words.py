"""A line's box divided into its words where the picture shows no ink between them; boxes of one line joined.

The map does not tell words apart: a model of lines is as sure between two words as it is on them.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ocrweb.geometry.quad import order_many_clockwise

USUAL_GAP = 0.22  # heights of the line's box, from which a gap may stand between words
LETTERS = 2.0  # times the middle gap between letters, which a gap between words must have
ROWS = 32  # pixels that a line is looked at high
INNER = slice(5, 27)  # of them: what lies above and below is of other lines
ROOM = 0.1  # heights above and below the box that are looked at too
EDGE = 4  # rows at the top and the bottom of that, which show what the text stands on
UPRIGHT = 1.5  # times as high as wide: text runs from top to bottom
SHORTEST = 1.2  # heights: a shorter box is one word
INK = 0.25  # of the contrast that letters have nearby: less is no ink
NEAR = 3  # heights around a place whose letters tell what contrast is usual there
FAINT = 8.0  # grey levels of contrast under which nothing can be told
MARGIN = 0.12  # heights that a word keeps of the gaps beside it, and above and below itself
END = 0.5  # heights: a first or last word that near to the end of the box keeps that end
LONGEST = 8192  # columns that a line is looked at
SPECK = 0.12  # heights: what is shorter is no word
LOWEST = 0.4  # heights: a word that seems lower keeps the height of its line
BESIDE = 0.5  # of the lower box, which neighbours on one line share in height


def split_words(gray: np.ndarray, quad: np.ndarray, gap: float = USUAL_GAP) -> list[np.ndarray]:
    """The words of one line as (4, 2) float32 boxes, in the line's order; the box as it is where it holds one alone.

    gray: (H, W) uint8, the picture. quad: (4, 2), picture pixels, clockwise from the top-left. gap: as `USUAL_GAP`.
    """
    corners = np.asarray(quad, np.float32)
    wide, high = float(np.linalg.norm(corners[1] - corners[0])), float(np.linalg.norm(corners[3] - corners[0]))
    turned = high > UPRIGHT * wide
    line, long, thick = (corners[[1, 2, 3, 0]], high, wide) if turned else (corners, wide, high)
    if thick < 3 or long < SHORTEST * thick:
        return [corners]
    columns = min(LONGEST, max(ROWS, round(ROWS * long / thick)))
    ink = _ink(gray, line, columns)
    words = _words(ink, gap)
    if len(words) < 2:
        return [corners]
    pieces = []
    for number, (start, end) in enumerate(words):
        left, right = max(0.0, start - MARGIN * ROWS), min(float(columns), end + MARGIN * ROWS)
        if number == 0 and start < END * ROWS:
            left = 0.0
        if number == len(words) - 1 and columns - end < END * ROWS:
            right = float(columns)
        top, bottom = _rows(ink[:, start:end])
        piece = _part(line, left / columns, right / columns, top, bottom)
        pieces.append(piece[[3, 0, 1, 2]] if turned else piece)
    return pieces


def join_words(quads: Sequence[np.ndarray], gap: float) -> list[np.ndarray]:
    """Boxes that follow each other on one line at less than so many heights, as one (4, 2) box; the others as they are."""
    left = [np.asarray(quad, np.float32) for quad in quads]
    joined: list[np.ndarray] = []
    while left:
        line = left.pop(0)
        while (index := next((i for i, other in enumerate(left) if _follows(line, other, gap)), None)) is not None:
            around = cv2.boxPoints(cv2.minAreaRect(np.concatenate([line, left.pop(index)])))
            line = order_many_clockwise(np.asarray(around, np.float32)[None])[0]
        joined.append(line)
    return joined


def _ink(gray: np.ndarray, line: np.ndarray, columns: int) -> np.ndarray:
    """(ROWS, columns) float32: how far each pixel of the levelled line differs from what the text stands on."""
    line = _part(line, 0.0, 1.0, -ROOM, 1.0 + ROOM)
    low = np.maximum(np.floor(line.min(axis=0)).astype(int) - 2, 0)
    part = gray[low[1] : int(line[:, 1].max()) + 3, low[0] : int(line[:, 0].max()) + 3]
    if not part.size:
        return np.zeros((ROWS, columns), np.float32)
    above = round(ROWS * ROOM)
    target = np.array([[0, 0], [columns, 0], [columns, ROWS + 2 * above], [0, ROWS + 2 * above]], np.float32)
    levelled = cv2.getPerspectiveTransform(line - low.astype(np.float32), target)
    seen = cv2.warpPerspective(part, levelled, (columns, ROWS + 2 * above), borderMode=cv2.BORDER_REPLICATE)
    smooth = cv2.GaussianBlur(seen.astype(np.float32), (3, 3), 0)
    edges = np.median(np.concatenate([smooth[:EDGE], smooth[-EDGE:]]), axis=0)
    ground = cv2.blur(edges[None], (2 * ROWS + 1, 1))[0]
    return np.asarray(np.abs(smooth - ground)[above : above + ROWS], np.float32)


def _words(ink: np.ndarray, gap: float) -> list[tuple[int, int]]:
    """First and last column of each word, the last not included."""
    profile = np.percentile(ink[INNER], 80, axis=0).astype(np.float32)[None]
    span = NEAR * ROWS | 1
    usual = cv2.blur(cv2.dilate(profile, np.ones((1, span), np.uint8)), (span, 1))
    if usual.max() < FAINT:
        return []
    steps = np.flatnonzero(np.diff((profile > INK * usual)[0].astype(np.int8), prepend=0, append=0))
    starts, ends = steps[::2], steps[1::2]
    least = _least_gap((starts[1:] - ends[:-1]) / ROWS, gap) * ROWS
    words: list[tuple[int, int]] = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if words and start - words[-1][1] < least:
            words[-1] = words[-1][0], end
        else:
            words.append((start, end))
    return [(start, end) for start, end in words if end - start >= SPECK * ROWS]


def _least_gap(gaps: np.ndarray, gap: float) -> float:
    """Letters that are set wide ask for wider gaps, and narrow ones for less."""
    between_letters = gaps[gaps < 1.2 * gap]
    if len(gaps) < 3 or not len(between_letters):
        return gap
    return float(np.clip(LETTERS * np.median(between_letters), 0.7 * gap, 1.6 * gap))


def _rows(ink: np.ndarray) -> tuple[float, float]:
    """Where a word begins and ends in the height of its line, 0..1."""
    profile = np.percentile(ink, 85, axis=1)
    rows = np.flatnonzero(profile > 1.1 * INK * np.percentile(profile, 90))
    if not len(rows):
        return 0.0, 1.0
    top, bottom = max(0.0, rows[0] / ROWS - MARGIN), min(1.0, (rows[-1] + 1) / ROWS + MARGIN)
    return (top, bottom) if bottom - top >= LOWEST else (0.0, 1.0)


def _part(line: np.ndarray, left: float, right: float, top: float, bottom: float) -> np.ndarray:
    above, below = line[1] - line[0], line[2] - line[3]
    upper, lower = line[0] + above * np.array([[left], [right]]), line[3] + below * np.array([[left], [right]])
    corners = [*(upper + (lower - upper) * top), *(upper + (lower - upper) * bottom)[::-1]]
    return np.asarray(corners, np.float32)


def _follows(line: np.ndarray, other: np.ndarray, gap: float) -> bool:
    """Whether another box stands on the same line, before or after this one, near enough."""
    along = line[1] - line[0]
    long, high = float(np.linalg.norm(along)), float(np.linalg.norm(line[3] - line[0]))
    if long < 1 or high < 1:
        return False
    along = along / long
    axes = np.stack([along, [-along[1], along[0]]])
    given = (other - line[0]) @ axes.T
    low, size = given.min(axis=0), np.ptp(given, axis=0)
    lower = min(high, float(size[1]))
    shared = min(high, float(low[1] + size[1])) - max(0.0, float(low[1]))
    between = max(float(low[0]) - long, -float(low[0] + size[0]))
    return shared > BESIDE * lower and max(high, float(size[1])) < 2 * lower and -lower < between < gap * lower
