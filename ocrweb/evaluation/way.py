"""A person's way of labelling, in the settings that come nearest to it: tight or loose boxes, words or lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from ocrweb.config.detection import DecodeOptions
from ocrweb.evaluation.sweep import JudgedMap

THRESHOLDS = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)
UNCLIP_RATIOS = (1.0, 1.15, 1.3, 1.45, 1.6, 1.75, 1.9, 2.1, 2.3, 2.6, 3.0)
BOX_THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)
INSIDE = 0.5  # of a detection, within an ignored box: it counts neither way


def fit_way(judged: Sequence[JudgedMap], start: DecodeOptions) -> DecodeOptions:
    """The settings by which the maps of corrected pictures come nearest to the corrections.

    Each setting is tried in turn with the others as they are, twice: the unclip ratio says how tight, the threshold what
    belongs together, the box threshold what counts as text. start: the settings before; they stay where nothing is nearer.
    """
    best, nearest = start, nearness(judged, start)
    for _ in range(2):
        for name, values in (
            ("unclip_ratio", UNCLIP_RATIOS),
            ("threshold", THRESHOLDS),
            ("box_threshold", BOX_THRESHOLDS),
        ):
            for value in values:
                tried = best.model_copy(update={"box_threshold": best.effective_box_threshold, name: value})
                if tried.effective_box_threshold < tried.threshold:
                    continue
                near = nearness(judged, tried)
                if near > nearest + 1e-6:
                    best, nearest = tried, near
    return best


def nearness(judged: Sequence[JudgedMap], options: DecodeOptions) -> float:
    """0..1: twice the overlap (IoU) of boxes that belong together, over all boxes and detections of all pictures."""
    shared, everything = 0.0, 0
    for one in judged:
        overlap, count = _nearness(one, options)
        shared, everything = shared + overlap, everything + count
    return 2 * shared / everything if everything else 0.0


def _nearness(judged: JudgedMap, options: DecodeOptions) -> tuple[float, int]:
    """Summed IoU of the pairs, boxes and detections that count."""
    found = shapely.make_valid([shapely.Polygon(outline) for outline in judged.regions(options)[0]])
    labels = shapely.make_valid([shapely.Polygon(points) for points in judged.labels])
    ignored = np.array(judged.ignored, dtype=bool)
    iou, inside = _overlap(np.asarray(labels), np.asarray(found))
    counted = ~(inside[ignored] > INSIDE).any(axis=0) if len(found) else np.zeros(0, bool)
    usable = iou[~ignored][:, counted]
    total = 0.0
    while usable.size and (best := float(usable.max())) > 0:
        label, detection = np.unravel_index(int(usable.argmax()), usable.shape)
        total += best
        usable[label, :] = 0
        usable[:, detection] = 0
    return total, int((~ignored).sum() + counted.sum())


def _overlap(labels: np.ndarray, found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(labels, found): IoU, and the share of the detection that lies in the label."""
    shared = np.zeros((len(labels), len(found)))
    if not shared.size:
        return shared, shared.copy()
    rows, columns = shapely.STRtree(found).query(labels, predicate="intersects")
    shared[rows, columns] = shapely.area(shapely.intersection(labels[rows], found[columns]))
    one, other = shapely.area(labels)[:, None], shapely.area(found)[None]
    return shared / np.maximum(one + other - shared, 1e-6), shared / np.maximum(other, 1e-6)
