"""What the boxes of a split amount to, counted while they stream by."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ocrweb.data.checks.finding import Finding, finding
from ocrweb.data.checks.label_file import ScannedLabels
from ocrweb.data.checks.names import images_name, labels_name, list_name
from ocrweb.data.sample import Split

FEW_PICTURES = 10
TINY_TEXT = 4.0
TINY_SHARE = 0.5
CORNER = 0.6
HEIGHT_BINS = (0, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128)


@dataclass
class SplitStatistics:
    """Counts of one split; heights are of boxes that are not ignored, after shrinking to ``train_side``.

    measured: boxes whose picture's size is known. tiny: of those, lower than ``TINY_TEXT``. reach: how far boxes go to the
    right or down in a picture, as a share of its side, at the most. reached: pictures looked at for that.
    """

    split: Split
    train_side: int
    pictures: int = 0
    labels: int = 0
    boxes: int = 0
    ignored: int = 0
    broken_lines: bool = False
    measured: int = 0
    tiny: int = 0
    tiniest: str = ""
    reach: float = 0.0
    reached: int = 0
    histogram: np.ndarray = field(default_factory=lambda: np.zeros(len(HEIGHT_BINS), dtype=np.int64))
    _most_tiny: int = 0

    def add_labels(self, labels: ScannedLabels) -> None:
        self.labels += 1
        self.boxes += len(labels.texts)
        self.ignored += int(labels.ignored.sum())
        self.broken_lines |= any(found.severity == "error" for found in labels.findings)

    def add_heights(self, image: str, labels: ScannedLabels, size: tuple[int, int]) -> None:
        """size: (width, height) of the picture in pixels."""
        heights = text_heights(labels.quads[~labels.ignored]) * min(1.0, self.train_side / max(size))
        if len(labels.quads):
            self.reach = max(self.reach, float((labels.quads / np.array(size)).max()))
            self.reached += 1
        tiny = int((heights < TINY_TEXT).sum())
        self.measured += len(heights)
        self.tiny += tiny
        if tiny > self._most_tiny:
            self._most_tiny, self.tiniest = tiny, image
        self.histogram += np.bincount(np.digitize(heights, HEIGHT_BINS) - 1, minlength=len(HEIGHT_BINS))

    def to_dict(self) -> dict[str, Any]:
        return {
            "pictures": self.pictures,
            "labels": self.labels,
            "boxes": self.boxes,
            "ignored": self.ignored,
            "tiny": self.tiny,
            "text_height": {"from": list(HEIGHT_BINS), "boxes": self.histogram.tolist(), "train_side": self.train_side},
        }


def check_reach(stats: SplitStatistics) -> list[Finding]:
    """Text that ends early in all of many pictures: labels of smaller copies look so, and nothing else about them is wrong."""
    if stats.reached < FEW_PICTURES or stats.reach > CORNER:
        return []
    percent = math.ceil(100 * stats.reach)
    return [finding("stats.in-corner", pictures=stats.reached, percent=percent).at(labels_name(stats.split))]


def text_heights(quads: np.ndarray) -> np.ndarray:
    """(N,) pixels: the shorter of a box's two mean side lengths."""
    steps = quads[:, [1, 2, 3, 0]] - quads
    sides = np.hypot(steps[..., 0], steps[..., 1])
    return np.minimum((sides[:, 0] + sides[:, 2]) / 2, (sides[:, 1] + sides[:, 3]) / 2)


def check_usable(stats: SplitStatistics) -> list[Finding]:
    """A training split without one box to learn from: the loss then stays at 1.0 and hmean at 0."""
    if stats.split == "test" or not stats.labels or stats.broken_lines or stats.boxes > stats.ignored:
        return []
    found = finding("stats.all-ignored", boxes=stats.boxes, pictures=stats.labels)
    return [found.at(list_name(stats.split))]


def check_amount(stats: SplitStatistics) -> list[Finding]:
    if stats.split == "test" or not 0 < stats.pictures < FEW_PICTURES:
        return []
    return [finding("stats.few-pictures", count=stats.pictures, least=FEW_PICTURES).at(list_name(stats.split))]


def check_text_size(stats: SplitStatistics) -> list[Finding]:
    """Most boxes vanish when the pictures are shrunk to the training size."""
    if not stats.measured or stats.tiny <= TINY_SHARE * stats.measured:
        return []
    found = finding(
        "stats.tiny-text",
        percent=round(100 * stats.tiny / stats.measured),
        pixels=round(TINY_TEXT),
        side=stats.train_side,
        picture=stats.tiniest,
    )
    return [found.at(images_name(stats.split))]
