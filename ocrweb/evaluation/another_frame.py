"""Labels whose numbers count otherwise than the pixels of the picture: from the bottom, on a turned picture, on a smaller copy.

A picture that a telephone has turned by its EXIF mark is seen upright here; whoever labelled it as it is stored labelled a turned one.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocrweb.config.judgement import LABELS_MISPLACED
from ocrweb.errors import OcrwebError
from ocrweb.evaluation.matching import Match, counts_of
from ocrweb.evaluation.moved import Found, agreed, middles_and_sizes
from ocrweb.evaluation.outcome import beside, hmean_of
from ocrweb.messages import Sentence

# x and y in the picture, each as so much of a label's x, so much of its y, and so much of the picture's width or height.
TURNS = {
    "from-bottom": ((1, 0, 0), (0, -1, 1)),
    "mirrored": ((-1, 0, 1), (0, 1, 0)),
    "upside-down": ((-1, 0, 1), (0, -1, 1)),
    "turned-left": ((0, -1, 1), (1, 0, 0)),
    "turned-right": ((0, 1, 0), (-1, 0, 1)),
    "swapped": ((0, 1, 0), (1, 0, 0)),
}
SCALED = "scaled"
ALIKE = np.log(1.6)  # a label is by about the same factor smaller than its text as it is nearer to the corner
BIN = np.log(1.02)
SMALLEST = np.log(1.1)  # a factor nearer to 1 is another kind of fault
LEAST = 0.4  # of the labels must fit then


@dataclass(frozen=True, slots=True)
class Frame:
    """name: one of `TURNS`, or `SCALED`. factors: by which x and y grow then; unit: what they are a part of, "pixels" of the
    picture, its "longer" side, or its two "sides"."""

    name: str
    factors: tuple[float, float] = (1.0, 1.0)
    unit: str = "pixels"

    def put_right(self, outline: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """outline: (P, 2) of a label. size: (width, height) of the picture. Where it would lie, (P, 2) float64, picture pixels."""
        points = np.asarray(outline, np.float64)
        if self.name == SCALED:
            return points * np.array(self.factors) * _unit(size, self.unit)
        turn = np.array(TURNS[self.name], np.float64)
        return points @ turn[:, :2].T + turn[:, 2] * np.array(size, np.float64)

    def matches(self, pages: Sequence[Found], box_threshold: float) -> list[Match]:
        """Each page with its labels put right."""
        return [
            page.match(box_threshold, put_right=functools.partial(self.put_right, size=page.size)) for page in pages
        ]


@dataclass(frozen=True, slots=True)
class Misplaced:
    """Labels of another frame than the picture's. now, there: hmean of the network on them as they are, and put right."""

    frame: Frame
    now: float
    there: float

    @property
    def error(self) -> OcrwebError:
        """The same in words: ``evaluation.labels-misplaced``."""
        way = Sentence(f"evaluation.frame-{self.frame.name}")
        return OcrwebError(LABELS_MISPLACED, way=way, now=f"{self.now:.2f}", there=f"{self.there:.2f}")


def misplaced(pages: Sequence[Found], box_threshold: float) -> Misplaced | None:
    """The frame that labels were made in, when a network that sees text says that it is not the picture's."""
    if (frame := best_frame(pages, box_threshold)) is None:
        return None
    near, there = counts_of(page.match(box_threshold) for page in pages), counts_of(frame.matches(pages, box_threshold))
    return Misplaced(frame, hmean_of(near), hmean_of(there)) if beside(near, there) else None


def best_frame(pages: Sequence[Found], box_threshold: float) -> Frame | None:
    """The frame in which most labels match what was detected; None when too few do so."""
    count = sum(len(page.counted()) for page in pages)
    scaled = (_scaled(pages, box_threshold, unit) for unit in ("pixels", "longer", "sides"))
    frames = [*map(Frame, TURNS), *(frame for frame in scaled if frame)]
    matched = [sum(len(each.pairs) for each in frame.matches(pages, box_threshold)) for frame in frames]
    best = int(np.argmax(matched))
    return frames[best] if matched[best] > LEAST * count else None


def _unit(size: tuple[int, int], unit: str) -> np.ndarray:
    return np.array({"pixels": (1.0, 1.0), "longer": (max(size),) * 2, "sides": size}[unit], np.float64)


def _scaled(pages: Sequence[Found], box_threshold: float, unit: str) -> Frame | None:
    """The factors of x and y that most labels would need to become some detection; whether they fit then is another question."""
    votes = [np.zeros((0, 2))]
    for page in pages:
        labels, kept = page.counted(), page.kept(box_threshold)
        if not labels or not kept:
            continue
        (middles, sizes), (others, their_sizes) = middles_and_sizes(labels), middles_and_sizes(kept)
        by_place = np.log(np.maximum(others[None], 1.0)) - np.log(np.maximum(middles[:, None], 1.0))
        by_size = np.log(their_sizes[None]) - np.log(sizes[:, None])
        alike = (np.abs(by_place - by_size) < ALIKE).all(axis=-1)
        votes.append(by_place[alike] - np.log(_unit(page.size, unit)))
    factors = np.concatenate(votes)
    if not len(factors):
        return None
    factor = np.median(factors[agreed(factors, BIN)], axis=0)
    a_page = np.log([_unit(page.size, unit) for page in pages]) + factor
    x, y = np.exp(factor).tolist()
    return None if np.abs(a_page).max() < SMALLEST else Frame(SCALED, (x, y), unit)
