"""Labels that all lie beside their text by the same way, as after a border was cut off or pages were pasted on a canvas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ocrweb.evaluation.matching import Match, match

BIN = 4.0  # picture pixels
ALIKE = 1.5  # widths and heights of a label and of what may be its text differ at most by this factor
LEAST = 0.3  # of the labels must want the same way, or it is chance


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A labelled picture and what was detected in it: outlines (P, 2) in picture pixels and their scores.

    size: (width, height) of the picture.
    """

    labels: tuple[np.ndarray, ...]
    ignored: tuple[bool, ...]
    outlines: tuple[np.ndarray, ...]
    scores: np.ndarray
    size: tuple[int, int]

    def match(
        self,
        box_threshold: float,
        *,
        labels_of: Found | None = None,
        put_right: Callable[[np.ndarray], np.ndarray] | None = None,
    ) -> Match:
        """labels_of: whose labels count instead of its own. put_right: what is done to each of them before."""
        judge = labels_of or self
        labels = judge.labels if put_right is None else [put_right(label) for label in judge.labels]
        return match(labels, judge.ignored, self.kept(box_threshold))

    def kept(self, box_threshold: float) -> list[np.ndarray]:
        """What was detected with that score at least."""
        return [outline for outline, score in zip(self.outlines, self.scores, strict=True) if score >= box_threshold]

    def counted(self) -> list[np.ndarray]:
        """The labels that are not ignored."""
        return [label for label, ignored in zip(self.labels, self.ignored, strict=True) if not ignored]


def best_move(pages: Sequence[Found], box_threshold: float) -> np.ndarray | None:
    """(2,) x and y, picture pixels: the way that most labels are off from a detection of their size; None when that is
    less than half of a label's height, or chance."""
    votes, heights, count = [], [], 0
    for page in pages:
        labels, kept = page.counted(), page.kept(box_threshold)
        count += len(labels)
        if not labels or not kept:
            continue
        (middles, sizes), (others, their_sizes) = middles_and_sizes(labels), middles_and_sizes(kept)
        heights += sizes.min(axis=1).tolist()
        factor = sizes[:, None] / their_sizes[None]
        rows, columns = np.nonzero(((factor < ALIKE) & (factor > 1 / ALIKE)).all(axis=-1))
        votes.append(middles[rows] - others[columns])
    ways = np.concatenate(votes) if votes else np.zeros((0, 2))
    if not len(ways):
        return None
    near = agreed(ways, BIN)
    way = np.median(ways[near], axis=0)
    chance = near.sum() < LEAST * count
    return None if chance or np.abs(way).max() < np.median(heights) / 2 else np.asarray(way)


def agreed(votes: np.ndarray, size: float) -> np.ndarray:
    """Which of (N, 2) votes, N ≥ 1, want about the same as most others do: (N,) bool, those in and around one cell of that size."""
    cells = np.round(votes / size).astype(int)
    filled = Counter(map(tuple, cells.tolist()))
    around = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
    best = max(filled, key=lambda cell: sum(filled[(cell[0] + x, cell[1] + y)] for x, y in around))
    return np.asarray((np.abs(cells - np.array(best)) <= 1).all(axis=1))


def middles_and_sizes(outlines: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Middles and sizes (N, 2) of the upright boxes around outlines; sizes of at least one pixel."""
    low = np.array([outline.min(axis=0) for outline in outlines], np.float64)
    high = np.array([outline.max(axis=0) for outline in outlines], np.float64)
    return (low + high) / 2, np.maximum(high - low, 1.0)
