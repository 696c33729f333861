"""A page with its own text → labels: which of its lines are seen, and boxes around their ink."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from ocrweb.data.printed.lines import Line, lines_of, upwards
from ocrweb.data.sample import LabelledBox
from ocrweb.geometry.air import with_air
from ocrweb.imaging.documents.letters import Printed

SEEN = 32  # grey levels by which the ink of a text must differ from what is under it
EDGE_INK = 16  # and its edges, where it is seen
LEAST_INK = 0.08  # share of a glyph's box; what lies over it may have some too
TILTED = 0.1  # sine of the least turn
SCAN = 0.5  # share of a page that pictures cover where it is a scan
EDGE = 40  # grey levels a pixel
LEAST_PICTURE = 12.0  # pixels of both sides; smaller ones hold no text that could be read
PageKind = Literal["printed", "scanned", "blank"]


@dataclass(frozen=True, slots=True, eq=False)
class PageLabels:
    """kind: "scanned" when what is seen is a picture or outlines, so that a model must label it; "blank" when nothing is.

    boxes: lines in reading order, then pictures that may hold text (ignored). left_out: lines that are not seen, by reason:
    "hidden" (declared so), "unseen" (white, covered, clipped), "off-page", "rule" (rows of one sign). lines: all that the page says it has. pictures: boxes that are pictures.
    """

    kind: PageKind
    boxes: tuple[LabelledBox, ...]
    lines: int
    pictures: int
    left_out: Counter[str]


def label_page(printed: Printed) -> PageLabels:
    """Judge a page and label it; a page that is not "printed" has no boxes, and its lines are left out as "scanned"."""
    fates = _fates(printed)
    found = {
        fate: lines_of(printed.letters.only(np.array([own == fate for own in fates], bool)))
        for fate in sorted({*fates})
    }
    left_out = Counter({fate: len(lines) for fate, lines in found.items() if fate and lines})
    seen = found.get("", [])
    left_out["rule"] = sum(line.rule for line in seen)
    words = [line for line in seen if not line.rule]
    total = sum(map(len, found.values()))
    pictures = _inside(printed.pictures, printed.ink.shape)
    kind = _kind(printed, pictures, words)
    if kind != "printed":
        left_out["scanned"] = len(words)
        return PageLabels(kind, (), total, 0, +left_out)
    outlines = [_around(printed.ink, line) for line in words]
    order = _reading_order(outlines, words)
    outlines, words = [outlines[index] for index in order], [words[index] for index in order]
    texts = [
        LabelledBox(outline.astype(np.float32), line.text, False) for outline, line in zip(outlines, words, strict=True)
    ]
    masked = [LabelledBox(_corners(box), "###", True) for box in pictures if _may_hold_text(printed, box, outlines)]
    return PageLabels(kind, (*texts, *masked), total, len(masked), +left_out)


def _fates(printed: Printed) -> list[str]:
    """Why each letter is not seen; "" for one that is."""
    letters = printed.letters
    height, width = printed.ink.shape
    on_page = np.asarray(((letters.centre >= 0) & (letters.centre <= (width, height))).all(axis=1))
    unseen = _inked(printed) < LEAST_INK
    return [
        "hidden" if hidden else "off-page" if not on else "unseen" if blind else ""
        for hidden, on, blind in zip(letters.hidden.tolist(), on_page.tolist(), unseen.tolist(), strict=True)
    ]


def _inked(printed: Printed) -> np.ndarray:
    """The share of each glyph's box, turned as it is, that has ink. (N,)"""
    letters, seen = printed.letters, (printed.ink >= SEEN).astype(np.uint8)
    height, width = seen.shape
    sums = cv2.integral(seen)
    box = np.clip(letters.box, -1e6, 1e6)
    low = np.clip(np.floor(box[:, :2]).astype(int), 0, (width, height))
    high = np.clip(np.ceil(box[:, 2:]).astype(int), 0, (width, height))
    (left, top), (right, bottom) = low.T, high.T
    count = (sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]).astype(np.float64)
    for index in np.flatnonzero((np.abs(letters.along).min(axis=1) > TILTED) & (count > 0)).tolist():
        along = letters.along[index] * letters.size[index, 0] / 2
        across = upwards(letters.along[index]) * letters.size[index, 1] / 2
        corners = np.array([along + across, along - across, -along - across, across - along]) + letters.centre[index]
        mask = np.zeros((bottom[index] - top[index], right[index] - left[index]), np.uint8)
        cv2.fillConvexPoly(mask, np.rint(corners - low[index]).astype(np.int32), (1,))
        count[index] = (mask & seen[top[index] : bottom[index], left[index] : right[index]]).sum()
    return np.asarray(count / np.maximum(np.prod(letters.size, axis=1), 1.0))


def _around(ink: np.ndarray, line: Line) -> np.ndarray:
    """The box an annotator would draw: around what is drawn within the line's glyphs, with some air. (4, 2) pixels."""
    frame = np.array([line.along, line.up])  # pixels → along, across
    start, low, end, high = line.frame
    edges = np.array([(start, low), (end, low), (end, high), (start, high)]) @ frame
    left, top = np.clip(np.floor(edges.min(axis=0)).astype(int) - 1, 0, None)
    right, bottom = np.ceil(edges.max(axis=0)).astype(int) + 1
    patch = ink[top:bottom, left:right]
    rows, columns = np.nonzero(patch >= max(EDGE_INK, int(patch.max(initial=0)) // 3))
    places = np.column_stack([columns + left + 0.5, rows + top + 0.5]) @ frame.T
    own = places[((places > (start - 1, low - 1)) & (places < (end + 1, high + 1))).all(axis=1)]
    if len(own):
        (start, low), (end, high) = own.min(axis=0) - 0.5, own.max(axis=0) + 0.5
    upright = with_air((start, -high, end, -low), line.em)  # down is positive here
    return np.asarray(upright @ np.array([line.along, -line.up]))


def _reading_order(outlines: list[np.ndarray], words: list[Line]) -> list[int]:
    """Rows from the top, each from the left."""
    centres = [outline.mean(axis=0) for outline in outlines]
    rows: list[list[int]] = []
    for index in sorted(range(len(words)), key=lambda index: float(centres[index][1])):
        if not rows or centres[index][1] - centres[rows[-1][0]][1] > 0.5 * words[rows[-1][0]].em:
            rows.append([])
        rows[-1].append(index)
    return [index for row in rows for index in sorted(row, key=lambda index: float(centres[index][0]))]


def _kind(printed: Printed, pictures: np.ndarray, words: list[Line]) -> PageKind:
    grey = cv2.cvtColor(printed.page.pixels, cv2.COLOR_BGR2GRAY)
    edges = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) >= EDGE
    own = cv2.dilate((printed.ink >= SEEN).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if not words:
        return "scanned" if (edges & ~own).any() else "blank"
    covered = np.zeros(grey.shape, bool)
    for left, top, right, bottom in pictures.astype(int):
        covered[top:bottom, left:right] = True
    drawn = int((edges & covered & ~own).sum())
    return "scanned" if covered.mean() >= SCAN and drawn > int((edges & own).sum()) else "printed"


def _inside(boxes: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """(P, 4) boxes cut to the page, whole pixels; those with nothing on it, and tiny ones, are gone."""
    height, width = shape[:2]
    cut = np.clip(np.rint(np.nan_to_num(boxes)), 0, (width, height, width, height))
    return np.unique(cut[((cut[:, 2:] - cut[:, :2]) >= LEAST_PICTURE).all(axis=1)], axis=0)


def _may_hold_text(printed: Printed, box: np.ndarray, texts: list[np.ndarray]) -> bool:
    """Whether a picture, a logo say, may show text that nobody labelled; one that lies under labelled text is a ground."""
    left, top, right, bottom = box.astype(int)
    centres = np.array([text.mean(axis=0) for text in texts]).reshape(-1, 2)
    if ((centres >= box[:2]) & (centres <= box[2:])).all(axis=1).any():
        return False
    grey = cv2.cvtColor(printed.page.pixels[top:bottom, left:right], cv2.COLOR_BGR2GRAY)
    return int(np.ptp(grey)) >= EDGE


def _corners(box: np.ndarray) -> np.ndarray:
    left, top, right, bottom = box
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)
