"""One-to-one matching of detected and labelled regions, by PaddleOCR's protocol (ICDAR2015 "IoU" evaluation)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

IOU_THRESHOLD = 0.5
IGNORE_OVERLAP = 0.5


@dataclass(frozen=True, slots=True)
class Match:
    """How the regions of one picture fit its labels. All numbers index the sequences that were given.

    pairs: (label, detection) that belong together. missed: labels that count and were not found.
    false_alarms: detections that count and match no label. The three together hold everything that counts:
    ignored labels, detections mostly inside them, and invalid polygons appear nowhere.
    """

    pairs: tuple[tuple[int, int], ...]
    missed: tuple[int, ...]
    false_alarms: tuple[int, ...]

    @property
    def labels(self) -> int:
        return len(self.pairs) + len(self.missed)

    @property
    def detections(self) -> int:
        return len(self.pairs) + len(self.false_alarms)


@dataclass(frozen=True, slots=True)
class Overlaps:
    """The overlaps of one picture, computed once and matched as often as wanted.

    candidates: for every label the detections with IoU above the threshold, in detection order.
    counted_labels, counted_detections: (N,) bool, False where the region is ignored or invalid.
    """

    candidates: tuple[tuple[int, ...], ...]
    counted_labels: np.ndarray
    counted_detections: np.ndarray

    def match(self, keep: np.ndarray | None = None) -> Match:
        """Give each label, in its order, the first free detection that overlaps enough.

        keep: (detections,) bool; False leaves a detection out as if it had not been made.
        """
        usable = self.counted_detections if keep is None else self.counted_detections & keep
        free = usable.copy()
        pairs, missed = [], []
        for label in np.flatnonzero(self.counted_labels).tolist():
            found = next((detection for detection in self.candidates[label] if free[detection]), None)
            if found is None:
                missed.append(label)
            else:
                free[found] = False
                pairs.append((label, found))
        return Match(tuple(pairs), tuple(missed), tuple(np.flatnonzero(free).tolist()))


def match(labels: Sequence[np.ndarray], ignored: Sequence[bool], detections: Sequence[np.ndarray]) -> Match:
    """Match the detections of one picture with its labels, one to one.

    labels, detections: polygons, each (P, 2), x then y, in the same pixels. ignored: one flag a label.
    A pair needs an IoU strictly above 0.5. A detection of which more than half lies inside an ignored label
    counts neither way. Self-crossing or empty polygons are left out.
    """
    return overlaps(labels, ignored, detections).match()


def overlaps(labels: Sequence[np.ndarray], ignored: Sequence[bool], detections: Sequence[np.ndarray]) -> Overlaps:
    """The part of `match` that does not depend on which detections are kept."""
    truth, truth_valid = _polygons(labels)
    found, found_valid = _polygons(detections)
    ignore = np.asarray(ignored, dtype=bool).reshape(len(labels))
    rows, columns = _touching(truth, found)
    both_valid = truth_valid[rows] & found_valid[columns]
    rows, columns = rows[both_valid], columns[both_valid]
    shared = shapely.area(shapely.intersection(truth[rows], found[columns])) if rows.size else np.zeros(0)
    truth_area, found_area = shapely.area(truth)[rows], shapely.area(found)[columns]

    inside = np.divide(shared, found_area, out=np.zeros_like(shared), where=found_area > 0)
    counted_detections = found_valid.copy()
    counted_detections[columns[ignore[rows] & (inside > IGNORE_OVERLAP)]] = False

    union = truth_area + found_area - shared
    iou = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    candidates: list[list[int]] = [[] for _ in labels]
    for row, column in zip(rows[iou > IOU_THRESHOLD].tolist(), columns[iou > IOU_THRESHOLD].tolist(), strict=True):
        candidates[row].append(column)
    return Overlaps(tuple(map(tuple, candidates)), truth_valid & ~ignore, counted_detections)


def _polygons(outlines: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Shapely polygons, and which of them are valid. Fewer than three points give an invalid empty one."""
    polygons = np.array([shapely.Polygon()] * len(outlines), dtype=object)
    by_length: dict[int, list[int]] = {}
    for index, outline in enumerate(outlines):
        by_length.setdefault(len(outline), []).append(index)
    for length, indices in by_length.items():
        if length >= 3:
            corners = np.stack([np.asarray(outlines[i], dtype=np.float64).reshape(-1, 2) for i in indices])
            polygons[indices] = shapely.polygons(corners)
    return polygons, shapely.is_valid(polygons) & ~shapely.is_empty(polygons)


def _touching(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Index pairs whose bounding boxes overlap, ordered by the first index, then by the second."""
    a, b = shapely.bounds(first)[:, None], shapely.bounds(second)[None]
    low = np.maximum(a[..., :2], b[..., :2])
    high = np.minimum(a[..., 2:], b[..., 2:])
    rows, columns = np.nonzero((high >= low).all(axis=-1))
    return rows, columns


def counts_of(matches: Iterable[Match]) -> np.ndarray:
    """(pictures, 3) int64: matched boxes, labels and detections of each."""
    rows = [(len(each.pairs), each.labels, each.detections) for each in matches]
    return np.array(rows, np.int64).reshape(-1, 3)
