"""Numbers of a dataset as plain lists, ready for plots."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.data.checks.list_file import Entry
from ocrweb.data.checks.statistics import text_heights
from ocrweb.data.checks.tree import Tree
from ocrweb.data.icdar import open_tree
from ocrweb.data.sample import SPLITS, Split
from ocrweb.data.validate import plan_split
from ocrweb.errors import OcrwebError
from ocrweb.imaging.sniff import read_header
from ocrweb.services.datasets.store import resolve_dataset
from ocrweb.services.datasets.view import labels_of

COUNT_EDGES = (0, 1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 200, 500)
HEIGHT_EDGES = (0, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128)
ASPECT_EDGES = (0.0, 0.25, 0.5, 1, 2, 3, 5, 8, 12, 20, 40)
ANGLE_EDGES = tuple(range(-90, 91, 15))
SIDE_EDGES = (0, 320, 640, 960, 1280, 1600, 2000, 2600, 3200, 4000, 6000)


@dataclass(frozen=True, slots=True)
class Histogram:
    """labels: one a bar, such as ``8–12``; counts: as many. lowest, median, highest value; None without any."""

    labels: tuple[str, ...]
    counts: tuple[int, ...]
    lowest: float | None
    median: float | None
    highest: float | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "labels": list(self.labels),
            "counts": list(self.counts),
            "lowest": self.lowest,
            "median": self.median,
            "highest": self.highest,
        }


@dataclass(frozen=True, slots=True)
class DatasetStatistics:
    """pictures, boxes, ignored: by split. Histograms are of both splits; heights, aspects and angles of boxes that count.

    text_heights: pixels after shrinking to ``train_side``. angles: degrees of the reading direction, -90..90.
    sides: of the pictures' longer side. unreadable: pictures whose size is not known.
    """

    pictures: dict[str, int]
    boxes: dict[str, int]
    ignored: dict[str, int]
    unreadable: int
    train_side: int
    boxes_per_picture: Histogram
    text_heights: Histogram
    aspects: Histogram
    angles: Histogram
    sides: Histogram

    def to_dict(self) -> dict[str, Any]:
        plots = ("boxes_per_picture", "text_heights", "aspects", "angles", "sides")
        return {
            "pictures": self.pictures,
            "boxes": self.boxes,
            "ignored": self.ignored,
            "unreadable": self.unreadable,
            "train_side": self.train_side,
            **{name: getattr(self, name).to_dict() for name in plots},
        }


@dataclass
class _Values:
    counts: list[int] = field(default_factory=list)
    sides: list[int] = field(default_factory=list)
    heights: list[np.ndarray] = field(default_factory=list)
    aspects: list[np.ndarray] = field(default_factory=list)
    angles: list[np.ndarray] = field(default_factory=list)
    unreadable: int = 0


def statistics_of(
    dataset: str | Path, train_side: int = 640, progress: Callable[[int, int], None] | None = None
) -> DatasetStatistics:
    """Read every label and the header of every picture; nothing is decoded. Raises what opening the dataset raises."""
    tree = open_tree(resolve_dataset(dataset))
    pictures: dict[str, int] = {"train": 0, "test": 0}
    boxes, ignored = pictures.copy(), pictures.copy()
    values = _Values()
    entries = list(_entries(tree))
    for done, (split, entry) in enumerate(entries, start=1):
        pictures[split] += 1
        labels = labels_of(tree, entry.label or "")
        if labels is not None:
            boxes[split] += len(labels.texts)
            ignored[split] += int(labels.ignored.sum())
            values.counts.append(len(labels.texts))
            _measure(values, labels.quads[~labels.ignored], _size(tree, entry), train_side)
        if progress:
            progress(done, len(entries))
    return DatasetStatistics(
        pictures=pictures,
        boxes=boxes,
        ignored=ignored,
        unreadable=values.unreadable,
        train_side=train_side,
        boxes_per_picture=histogram(values.counts, COUNT_EDGES, whole=True),
        text_heights=histogram(_joined(values.heights), HEIGHT_EDGES),
        aspects=histogram(_joined(values.aspects), ASPECT_EDGES),
        angles=histogram(_joined(values.angles), ANGLE_EDGES, closed=True),
        sides=histogram(values.sides, SIDE_EDGES),
    )


def histogram(
    values: np.ndarray | list[int], edges: tuple[float, ...], *, closed: bool = False, whole: bool = False
) -> Histogram:
    """Counts between edges; the last bar holds everything from the last edge on, unless ``closed``.

    whole: values are whole numbers, so that ``2–4`` is said instead of ``2–5``.
    """
    given = np.asarray(values, np.float64)
    borders = [*edges] if closed else [*edges, np.inf]
    counts = np.histogram(np.clip(given, edges[0], None), bins=borders)[0]
    labels = [_bar(low, high, whole) for low, high in itertools.pairwise(borders)]
    if not len(given):
        return Histogram(tuple(labels), tuple(int(count) for count in counts), None, None, None)
    low, middle, high = (round(float(value), 2) for value in (given.min(), np.median(given), given.max()))
    return Histogram(tuple(labels), tuple(int(count) for count in counts), low, middle, high)


def _bar(low: float, high: float, whole: bool) -> str:
    if not np.isfinite(high):
        return f"≥ {low:g}"
    if not whole:
        return f"{low:g}–{high:g}"
    return f"{low:g}" if high - low == 1 else f"{low:g}–{high - 1:g}"


def _entries(tree: Tree) -> Iterator[tuple[Split, Entry]]:
    for split in SPLITS:
        for entry in plan_split(tree, split).entries:
            yield split, entry


def _size(tree: Tree, entry: Entry) -> tuple[int, int] | None:
    if not entry.image or entry.image in tree.escaping:
        return None
    try:
        return read_header(tree.path(entry.image)).upright_size
    except OcrwebError:
        return None  # counted as unreadable; the validator says why


def _measure(values: _Values, quads: np.ndarray, size: tuple[int, int] | None, train_side: int) -> None:
    along = (quads[:, 1] - quads[:, 0]) + (quads[:, 2] - quads[:, 3])
    down = (quads[:, 3] - quads[:, 0]) + (quads[:, 2] - quads[:, 1])
    width, height = np.hypot(along[:, 0], along[:, 1]), np.hypot(down[:, 0], down[:, 1])
    values.aspects.append(width / np.maximum(height, 1e-6))
    degrees = np.degrees(np.arctan2(along[:, 1], along[:, 0]))
    values.angles.append((degrees + 90) % 180 - 90)
    if size is None:
        values.unreadable += 1
        return
    values.sides.append(max(size))
    values.heights.append(text_heights(quads) * min(1.0, train_side / max(size)))


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts) if parts else np.zeros(0)
