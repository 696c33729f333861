"""How far an exported network is from the one it was made of, in maps and in boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ocrweb.config.detection import DecodeOptions
from ocrweb.evaluation.matching import match
from ocrweb.runtime.decode import decode
from ocrweb.runtime.transform import PageTransform

ONE_PIXEL = 1.0 + 1e-3


@dataclass(frozen=True, slots=True)
class PageGap:
    """One picture. max_abs, mean_abs: of the probability maps. flipped: share of map pixels on the other side of the
    threshold. boxes: (reference, other) counts. paired: boxes that overlap by more than half, one to one; close: those
    of them whose corners all lie within one picture pixel. shift: the worst corner of the paired ones, pixels.
    """

    max_abs: float
    mean_abs: float
    flipped: float
    boxes: tuple[int, int]
    paired: int
    close: int
    shift: float


@dataclass(frozen=True, slots=True)
class Gap:
    """Several pictures together. A map with NaN has an infinite difference."""

    pages: tuple[PageGap, ...]

    @property
    def max_abs(self) -> float:
        return max((page.max_abs for page in self.pages), default=0.0)

    @property
    def mean_abs(self) -> float:
        return float(np.mean([page.mean_abs for page in self.pages])) if self.pages else 0.0

    @property
    def boxes(self) -> tuple[int, int]:
        return sum(page.boxes[0] for page in self.pages), sum(page.boxes[1] for page in self.pages)

    @property
    def boxes_equal(self) -> bool:
        """Every box has its partner with all corners within one pixel."""
        reference, other = self.boxes
        return reference == other == sum(page.close for page in self.pages)

    @property
    def agreement(self) -> float:
        """2 · paired / (reference + other): 1 when each box has its partner; 1 when there are none on either side."""
        return self._share(sum(page.paired for page in self.pages))

    @property
    def close(self) -> float:
        """As `agreement`, of partners within one pixel."""
        return self._share(sum(page.close for page in self.pages))

    def to_dict(self) -> dict[str, Any]:
        return {
            "max_abs_diff": _number(self.max_abs),
            "mean_abs_diff": _number(self.mean_abs),
            "boxes_equal": self.boxes_equal,
            "boxes": list(self.boxes),
            "agreement": round(self.agreement, 5),
            "within_one_pixel": round(self.close, 5),
            "worst_shift": round(max((page.shift for page in self.pages), default=0.0), 2),
            "flipped": round(max((page.flipped for page in self.pages), default=0.0), 6),
            "pictures": len(self.pages),
        }

    def _share(self, count: int) -> float:
        total = sum(self.boxes)
        return 2 * count / total if total else 1.0


def compare(reference: np.ndarray, other: np.ndarray, page: PageTransform, options: DecodeOptions) -> PageGap:
    """Compare two (padded height, padded width) probability maps of one picture, and the boxes they decode to."""
    first, second = page.visible(reference), page.visible(other)
    if not np.isfinite(second).all():
        return PageGap(float("inf"), float("inf"), 1.0, (len(decode(reference, page, options)), 0), 0, 0, 0.0)
    difference = np.abs(first - second)
    flipped = float(((first > options.threshold) != (second > options.threshold)).mean())
    quads = [[region.quad for region in decode(each, page, options)] for each in (reference, other)]
    shifts = paired_shifts(*quads)
    return PageGap(
        max_abs=float(difference.max()),
        mean_abs=float(difference.mean()),
        flipped=flipped,
        boxes=(len(quads[0]), len(quads[1])),
        paired=len(shifts),
        close=sum(shift <= ONE_PIXEL for shift in shifts),
        shift=max(shifts, default=0.0),
    )


def paired_shifts(reference: Sequence[np.ndarray], other: Sequence[np.ndarray]) -> list[float]:
    """For each pair of boxes, one to one by overlap: the greatest distance of a corner along x or y, pixels."""
    pairs = match(list(reference), [False] * len(reference), list(other)).pairs
    return [_shift(reference[first], other[second]) for first, second in pairs]


def _shift(first: np.ndarray, second: np.ndarray) -> float:
    """Whichever corner is called the first: that of a nearly upright square is a matter of rounding."""
    return min(float(np.abs(first - np.roll(second, turn, axis=0)).max()) for turn in range(len(second)))


def _number(value: float) -> float | None:
    return float(f"{value:.3e}") if np.isfinite(value) else None
