"""Which thresholds suit a model: every combination tried on probability maps that were computed once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ocrweb.config.detection import DecodeOptions
from ocrweb.data.sample import Sample
from ocrweb.evaluation.matching import Match, match, overlaps
from ocrweb.evaluation.metric import Score, score
from ocrweb.runtime.decode import decode
from ocrweb.runtime.page import PageTransform


@dataclass(frozen=True, slots=True, eq=False)
class JudgedMap:
    """The network's answer to a labelled picture. map: (padded height, padded width), float16 or float32, 0..1."""

    sample: Sample
    map: np.ndarray
    page: PageTransform

    @property
    def labels(self) -> list[np.ndarray]:
        return [box.points for box in self.sample.boxes]

    @property
    def ignored(self) -> list[bool]:
        return [box.ignore for box in self.sample.boxes]

    def regions(self, options: DecodeOptions) -> tuple[list[np.ndarray], np.ndarray]:
        """Decoded outlines, in picture pixels, and their scores."""
        found = decode(self.map.astype(np.float32, copy=False), self.page, options)
        outlines = [region.quad if region.outline is None else region.outline for region in found]
        return outlines, np.array([region.score for region in found], dtype=np.float64)

    def match(self, options: DecodeOptions) -> Match:
        return match(self.labels, self.ignored, self.regions(options)[0])


@dataclass(frozen=True, slots=True)
class Grid:
    """The values tried for each of the three decode settings, ascending."""

    thresholds: tuple[float, ...]
    unclip_ratios: tuple[float, ...]
    box_thresholds: tuple[float, ...]

    @property
    def shape(self) -> tuple[int, int, int]:
        return len(self.thresholds), len(self.unclip_ratios), len(self.box_thresholds)


BOX_THRESHOLDS = tuple(round(0.25 + 0.05 * step, 2) for step in range(13))
COARSE = Grid((0.2, 0.3), (1.5, 1.8), BOX_THRESHOLDS)
FINE = Grid((0.15, 0.2, 0.25, 0.3, 0.35, 0.4), (1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 2.0), BOX_THRESHOLDS)
USUAL = DecodeOptions(threshold=0.3, box_threshold=0.6, unclip_ratio=1.5)


@dataclass(frozen=True, slots=True)
class Choice:
    """The settings that were chosen and what they score on the pictures they were chosen on."""

    threshold: float
    box_threshold: float
    unclip_ratio: float
    score: Score

    @property
    def options(self) -> DecodeOptions:
        return DecodeOptions(threshold=self.threshold, box_threshold=self.box_threshold, unclip_ratio=self.unclip_ratio)

    def grid(self) -> Grid:
        """A grid of this combination alone: to score other pictures without choosing."""
        return Grid((self.threshold,), (self.unclip_ratio,), (self.box_threshold,))

    def thresholds(self) -> dict[str, float]:
        return {
            "threshold": self.threshold,
            "box_threshold": self.box_threshold,
            "unclip_ratio": self.unclip_ratio,
        }


def count_grid(maps: Iterable[JudgedMap], grid: Grid) -> np.ndarray:
    """(thresholds, unclip ratios, box thresholds, 4) int64: matched, labels, detections, pictures of each combination.

    The counts of several sets of pictures may be added. A map is decoded once for each of the first two settings;
    box thresholds only leave detections out.
    """
    counts = np.zeros((*grid.shape, 4), dtype=np.int64)
    for judged in maps:
        for row, threshold in enumerate(grid.thresholds):
            for column, ratio in enumerate(grid.unclip_ratios):
                counts[row, column] += _count_boxes(judged, threshold, ratio, grid.box_thresholds)
    return counts


def choose(counts: np.ndarray, grid: Grid) -> Choice:
    """The best combination of a counted grid.

    A combination is judged with its neighbours in box threshold, so that a lucky peak on few pictures does not win;
    among equals the one nearest to 0.3 / 0.6 / 1.5.
    """
    hmean = hmeans(counts)
    padded = np.pad(hmean, ((0, 0), (0, 0), (1, 1)), mode="edge")
    steady = 0.5 * hmean + 0.25 * (padded[..., :-2] + padded[..., 2:])
    assert USUAL.box_threshold is not None
    distance = (
        np.abs(np.array(grid.thresholds) - USUAL.threshold)[:, None, None]
        + np.abs(np.array(grid.unclip_ratios) - USUAL.unclip_ratio)[None, :, None]
        + np.abs(np.array(grid.box_thresholds) - USUAL.box_threshold)[None, None, :]
    )
    row, column, layer = np.unravel_index(np.argmax(steady - 1e-6 * distance), grid.shape)
    return Choice(
        grid.thresholds[row],
        grid.box_thresholds[layer],
        grid.unclip_ratios[column],
        score_of(counts[row, column, layer]),
    )


def hmeans(counts: np.ndarray) -> np.ndarray:
    """hmean of each counted combination: 2 * matched / (labels + detections), 0 where both are none."""
    total = counts[..., 1] + counts[..., 2]
    return np.divide(2.0 * counts[..., 0], total, out=np.zeros(total.shape), where=total > 0)


def score_of(counts: np.ndarray) -> Score:
    matched, labels, detections, pictures = (int(value) for value in counts)
    return score(matched, labels, detections, pictures)


def _count_boxes(judged: JudgedMap, threshold: float, ratio: float, box_thresholds: tuple[float, ...]) -> np.ndarray:
    options = DecodeOptions(threshold=threshold, box_threshold=min(box_thresholds), unclip_ratio=ratio)
    outlines, scores = judged.regions(options)
    found = overlaps(judged.labels, judged.ignored, outlines)
    rows = []
    for box_threshold in box_thresholds:
        matched = found.match(scores >= box_threshold)
        rows.append((len(matched.pairs), matched.labels, matched.detections, 1))
    return np.array(rows, dtype=np.int64)
