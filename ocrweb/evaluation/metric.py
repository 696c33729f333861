"""Precision, recall and hmean over many pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ocrweb.evaluation.matching import Match, match


@dataclass(frozen=True, slots=True)
class Score:
    """precision = matched / detections, recall = matched / labels, hmean = their harmonic mean; all 0..1, 0 when undefined."""

    precision: float
    recall: float
    hmean: float
    pictures: int
    matched: int
    labels: int
    detections: int

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def score(matched: int, labels: int, detections: int, pictures: int) -> Score:
    """The three ratios of summed counts: every region weighs the same, whatever picture it is in."""
    precision = matched / detections if detections else 0.0
    recall = matched / labels if labels else 0.0
    total = precision + recall
    hmean = 2 * precision * recall / total if total else 0.0
    return Score(precision, recall, hmean, pictures, matched, labels, detections)


class DetectionMetric:
    """Sums up matches: `update` with each picture, `summary` for the ratios, `reset` to start again."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._pictures = self._matched = self._labels = self._detections = 0

    def update(self, labels: Sequence[np.ndarray], ignored: Sequence[bool], detections: Sequence[np.ndarray]) -> Match:
        """Match one picture (see `matching.match`), add it up and return the match."""
        found = match(labels, ignored, detections)
        self.add(found)
        return found

    def add(self, found: Match) -> None:
        self._pictures += 1
        self._matched += len(found.pairs)
        self._labels += found.labels
        self._detections += found.detections

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """matched, labels, detections, pictures: what several processes add up before the ratios are taken."""
        return self._matched, self._labels, self._detections, self._pictures

    def summary(self) -> Score:
        return score(*self.counts)
