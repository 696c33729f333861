"""Which thresholds suit a model: every combination tried on probability maps that were computed once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ocrweb.config.detection import DecodeOptions
from ocrweb.data.sample import Sample
from ocrweb.evaluation.matching import Match, match, overlaps
from ocrweb.evaluation.metric import Score, score
from ocrweb.runtime.decode import decode
from ocrweb.runtime.transform import PageTransform

Shape = Literal["quad", "polygon"]


def labels_of(sample: Sample, shape: Shape) -> list[np.ndarray]:
    """The boxes of a picture, or with ``polygon`` the outlines of those that have one."""
    return [box.outline if shape == "polygon" else box.points for box in sample.boxes]


@dataclass(frozen=True, slots=True, eq=False)
class JudgedMap:
    """The network's answer to a labelled picture. map: (padded height, padded width), float16 or float32, 0..1.

    tiles: pieces that it was made of. gray: (H, W) uint8, the picture itself, for who wants to see its words.
    """

    sample: Sample
    map: np.ndarray
    page: PageTransform
    tiles: int = 1
    gray: np.ndarray | None = None

    @property
    def labels(self) -> list[np.ndarray]:
        return labels_of(self.sample, "quad")

    @property
    def ignored(self) -> list[bool]:
        return [box.ignore for box in self.sample.boxes]

    def regions(self, options: DecodeOptions) -> tuple[list[np.ndarray], np.ndarray]:
        """Decoded outlines, in whole picture pixels as they are given out, and their scores."""
        found = decode(self.map.astype(np.float32, copy=False), self.page, options, tiles=self.tiles)
        outlines = [np.rint(region.quad if region.outline is None else region.outline) for region in found]
        return outlines, np.array([region.score for region in found], dtype=np.float64)

    def match(self, options: DecodeOptions) -> Match:
        return match(labels_of(self.sample, options.shape), self.ignored, self.regions(options)[0])


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
BLOCKS = 24


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


class GridCounts:
    """Matched boxes, labels and detections of each combination of a grid, kept apart for `BLOCKS` parts of the pictures.

    The parts tell how much of a difference between two combinations is luck, whatever the number of pictures.
    """

    def __init__(self, grid: Grid, parts: np.ndarray | None = None) -> None:
        """parts: (BLOCKS, thresholds, unclip ratios, box thresholds, 4) int64 as another process counted, or None."""
        self.grid = grid
        self.parts = np.zeros((BLOCKS, *grid.shape, 4), dtype=np.int64) if parts is None else parts

    def add(self, index: int, judged: JudgedMap) -> None:
        """index: the picture's place in its dataset. A map is decoded once for each pair of threshold and unclip ratio;
        box thresholds only leave detections out."""
        part = self.parts[index % BLOCKS]
        for row, threshold in enumerate(self.grid.thresholds):
            for column, ratio in enumerate(self.grid.unclip_ratios):
                part[row, column] += _count_boxes(judged, threshold, ratio, self.grid.box_thresholds)

    @property
    def total(self) -> np.ndarray:
        """(thresholds, unclip ratios, box thresholds, 4): matched, labels, detections, pictures."""
        return np.asarray(self.parts.sum(axis=0))


def choose(counts: GridCounts) -> Choice:
    """The best combination of a counted grid, kept near 0.3 / 0.6 / 1.5 where a few pictures prove nothing else.

    Threshold and unclip ratio give every box its outline: they leave 0.3 / 1.5 only as far as it takes to come within one
    standard error of the best hmean, the error being that of the difference on the same pictures (delete-a-group
    jackknife). The box threshold is then the best there; it is judged with its neighbours, so that a lucky peak does not win.
    """
    grid, total = counts.grid, counts.total
    steady = _steady(hmeans(total))
    layers = np.argmax(steady - 1e-6 * _layer_distance(grid), axis=-1)[..., None]
    best = np.take_along_axis(steady, layers, -1)[..., 0]
    distance = _outline_distance(grid)
    first = int(np.argmax(best - 1e-6 * distance))
    fair = best.flat[first] - best <= _standard_error(counts, layers, first) + 1e-9
    row, column = np.unravel_index(np.argmin(np.where(fair, distance - best, np.inf)), distance.shape)
    layer = int(layers[row, column, 0])
    return Choice(
        grid.thresholds[row],
        grid.box_thresholds[layer],
        grid.unclip_ratios[column],
        score_of(total[row, column, layer]),
    )


def _steady(hmean: np.ndarray) -> np.ndarray:
    padded = np.pad(hmean, [(0, 0)] * (hmean.ndim - 1) + [(1, 1)], mode="edge")
    return np.asarray(0.5 * hmean + 0.25 * (padded[..., :-2] + padded[..., 2:]))


def _layer_distance(grid: Grid) -> np.ndarray:
    return np.abs(np.array(grid.box_thresholds) - USUAL.effective_box_threshold)


def _outline_distance(grid: Grid) -> np.ndarray:
    """How far each pair of threshold and unclip ratio lies from the usual one, in steps that matter about as much."""
    return np.asarray(
        np.abs(np.array(grid.thresholds) - USUAL.threshold)[:, None] / 0.1
        + np.abs(np.array(grid.unclip_ratios) - USUAL.unclip_ratio)[None, :] / 0.2
    )


def _standard_error(counts: GridCounts, layers: np.ndarray, first: int) -> np.ndarray:
    """(thresholds, unclip ratios): of the difference in hmean between one pair, by its flat index, and each other.

    layers: the box threshold's index of each pair. 0 where fewer than two parts have pictures.
    """
    filled = counts.parts[counts.parts[:, 0, 0, 0, 3] > 0]
    groups = len(filled)
    if groups < 2:
        return np.zeros(layers.shape[:2])
    without = _steady(hmeans(counts.total[None] - filled))
    pairs = np.take_along_axis(without, layers[None], -1).reshape(groups, -1)
    short = pairs[:, first, None] - pairs
    error = np.sqrt((groups - 1) / groups * ((short - short.mean(axis=0)) ** 2).sum(axis=0))
    return np.asarray(error.reshape(layers.shape[:2]))


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
