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

    Unclip ratio, threshold and once more the unclip ratio are tried in turn with the other as it is: the one says how
    tight, the other what belongs together. Of each the best box threshold is taken, which only leaves detections out.
    start: the settings before; they stay where nothing is nearer.
    """
    best, nearest = start, nearness(judged, start)
    for name, values in (("unclip_ratio", UNCLIP_RATIOS), ("threshold", THRESHOLDS), ("unclip_ratio", UNCLIP_RATIOS)):
        for value in values:
            tried = best.model_copy(update={name: value})
            limits = sorted({*BOX_THRESHOLDS, best.effective_box_threshold})
            for limit, near in zip(limits, _nearness(judged, tried, limits), strict=True):
                if near > nearest + 1e-6:
                    best, nearest = tried.model_copy(update={"box_threshold": limit}), near
    return best


def nearness(judged: Sequence[JudgedMap], options: DecodeOptions) -> float:
    """0..1: twice the overlap (IoU) of boxes that belong together, over all boxes and detections of all pictures."""
    return _nearness(judged, options, [options.effective_box_threshold])[0]


def _nearness(judged: Sequence[JudgedMap], options: DecodeOptions, limits: Sequence[float]) -> list[float]:
    """`nearness` for each of these box thresholds, which are ascending; a map is decoded once for all."""
    shared, everything = np.zeros(len(limits)), np.zeros(len(limits))
    for one in judged:
        outlines, scores = one.regions(options.model_copy(update={"box_threshold": limits[0]}))
        ignored = np.array(one.ignored, dtype=bool)
        found = shapely.make_valid([shapely.Polygon(outline) for outline in outlines])
        labels = shapely.make_valid([shapely.Polygon(points) for points in one.labels])
        iou, inside = _overlap(np.asarray(labels), np.asarray(found))
        counted = ~(inside[ignored] > INSIDE).any(axis=0) if len(found) else np.zeros(0, bool)
        for number, limit in enumerate(limits):
            kept = counted & (scores >= limit)
            shared[number] += _paired(iou[~ignored][:, kept])
            everything[number] += int((~ignored).sum() + kept.sum())
    return np.divide(2 * shared, everything, out=np.zeros(len(limits)), where=everything > 0).tolist()


def _paired(iou: np.ndarray) -> float:
    """Summed IoU of the pairs, those that overlap most first."""
    total = 0.0
    while iou.size and (best := float(iou.max())) > 0:
        label, detection = np.unravel_index(int(iou.argmax()), iou.shape)
        total += best
        iou[label, :] = 0
        iou[:, detection] = 0
    return total


def _overlap(labels: np.ndarray, found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(labels, found): IoU, and the share of the detection that lies in the label."""
    shared = np.zeros((len(labels), len(found)))
    if not shared.size:
        return shared, shared.copy()
    rows, columns = shapely.STRtree(found).query(labels, predicate="intersects")
    shared[rows, columns] = shapely.area(shapely.intersection(labels[rows], found[columns]))
    one, other = shapely.area(labels)[:, None], shapely.area(found)[None]
    return shared / np.maximum(one + other - shared, 1e-6), shared / np.maximum(other, 1e-6)
