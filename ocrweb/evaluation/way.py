"""A person's way of labelling, in the settings that come nearest to it: words or lines (divided and joined too), tight or loose boxes, turned or
upright ones, and which side they leave more room at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from ocrweb.config.detection import DecodeOptions
from ocrweb.evaluation.sweep import JudgedMap
from ocrweb.runtime.words import join_words, split_words

THRESHOLDS = (0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
UNCLIP_RATIOS = (1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.3, 2.6, 3.0, 3.5)
BOX_THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
ONE_TEXT = 0.45  # IoU of two boxes that are plainly about one text
LEAST_PAIRS = 12  # of them, before sides are told
UPRIGHT = 0.9  # of the boxes
INSIDE = 0.5  # of a detection, within an ignored box: it counts neither way
WORDS = (0.18, 0.22, 0.26)  # heights of a gap between words
LINES = (0.35, 0.7, 1.2, 2.0)  # heights between two boxes of a line that are still one
CORRECTED = 5  # pictures, from which a way can be told; it is told anew after as many more
ENOUGH, MOST = 120, 20  # boxes, and pictures: no more of the latest are looked at
PLAINLY = 0.02  # of nearness, that dividing or joining must bring


@dataclass(frozen=True, slots=True)
class Way:
    """options: how a map is read. upright: boxes are never turned. margins: what each box is grown by at its left, right, top
    and bottom side, in its heights; negative to make it smaller. words: heights of the gap at which lines are divided, lines:
    up to which boxes of one line are joined; 0 for neither."""

    options: DecodeOptions
    upright: bool = False
    margins: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    words: float = 0.0
    lines: float = 0.0

    def drawn(self, quads: Sequence[np.ndarray], gray: np.ndarray | None) -> list[np.ndarray]:
        """What a model found in a picture, as this person draws it. gray: (H, W) uint8, the picture; None: nothing is divided."""
        return [self.shaped(piece) for piece in self.parted(quads, gray)]

    def parted(self, quads: Sequence[np.ndarray], gray: np.ndarray | None) -> list[np.ndarray]:
        """The boxes joined to lines, or divided into words."""
        found = join_words(quads, self.lines) if self.lines else list(quads)
        if not self.words or gray is None:
            return found
        return [piece for quad in found for piece in split_words(gray, quad, self.words)]

    def shaped(self, quad: np.ndarray) -> np.ndarray:
        """(4, 2) clockwise from the top-left, as `order_clockwise` orders it → (4, 2) float32 as this person draws it."""
        corner, axes, size = _frame(quad, self.upright)
        height = float(size.min())
        low = -height * np.array([self.margins[0], self.margins[2]])
        high = size + height * np.array([self.margins[1], self.margins[3]])
        if (high - low).min() < 1:
            return np.asarray(quad, np.float32)
        return _corners(corner, axes, low, high)


def latest(boxes: Sequence[int]) -> int:
    """How many of the pictures that were corrected last tell the way: few of pages full of lines, more of scenes with few words.

    boxes: of each picture that was corrected, the latest last.
    """
    most = min(MOST, len(boxes))
    return next((count for count in range(CORRECTED, most) if sum(boxes[-count:]) >= ENOUGH), most)


def learn_way(judged: Sequence[JudgedMap], start: DecodeOptions) -> Way:
    """What comes nearest to the corrections of these pictures. start: the settings before."""
    way = _as_words(judged, start) or _as_lines(judged, fit_way(judged, start))
    way = replace(way, upright=_are_upright([points for one in judged for points in _counted(one)]))
    sides = [sides for one in judged for sides in _sides(one, way)]
    if len(sides) < LEAST_PAIRS:
        return way
    margins = np.median(np.array(sides), axis=0)
    return replace(way, margins=tuple(float(value) for value in np.clip(margins, -0.4, 0.6).round(3)))  # type: ignore[arg-type]


def _as_words(judged: Sequence[JudgedMap], start: DecodeOptions) -> Way | None:
    """Lines divided into words, where that is plainly nearer than the lines at any setting; else None."""
    if not any(one.gray is not None for one in judged):
        return None
    limit = [start.effective_box_threshold]
    nearest = {gap: _nearness(judged, Way(start, words=gap), limit)[0] for gap in (0.0, *WORDS)}
    gap = max(WORDS, key=lambda gap: nearest[gap])
    if nearest[gap] < nearest[0.0] + PLAINLY:
        return None
    return Way(_fitted(judged, Way(start, words=gap)), words=gap)


def _as_lines(judged: Sequence[JudgedMap], options: DecodeOptions) -> Way:
    limit = [options.effective_box_threshold]
    nearest = {gap: _nearness(judged, Way(options, lines=gap), limit)[0] for gap in (0.0, *LINES)}
    gap = max(LINES, key=lambda gap: nearest[gap])
    return Way(options, lines=gap if nearest[gap] >= nearest[0.0] + PLAINLY else 0.0)


def fit_way(judged: Sequence[JudgedMap], start: DecodeOptions) -> DecodeOptions:
    """The settings by which the maps of corrected pictures come nearest to the corrections.

    Unclip ratio, threshold and once more the unclip ratio are tried in turn with the other as it is: the one says how
    tight, the other what belongs together. Of each the best box threshold is taken, which only leaves detections out.
    start: the settings before; they stay where nothing is nearer.
    """
    return _fitted(judged, Way(start))


def _fitted(judged: Sequence[JudgedMap], way: Way) -> DecodeOptions:
    best, nearest = way.options, _nearness(judged, way, [way.options.effective_box_threshold])[0]
    for name, values in (("unclip_ratio", UNCLIP_RATIOS), ("threshold", THRESHOLDS), ("unclip_ratio", UNCLIP_RATIOS)):
        for value in values:
            tried = best.model_copy(update={name: value})
            limits = sorted({*BOX_THRESHOLDS, best.effective_box_threshold})
            for limit, near in zip(limits, _nearness(judged, replace(way, options=tried), limits), strict=True):
                if near > nearest + 1e-6:
                    best, nearest = tried.model_copy(update={"box_threshold": limit}), near
    return best


def nearness(judged: Sequence[JudgedMap], options: DecodeOptions) -> float:
    """0..1: twice the overlap (IoU) of boxes that belong together, over all boxes and detections of all pictures."""
    return _nearness(judged, Way(options), [options.effective_box_threshold])[0]


def _nearness(judged: Sequence[JudgedMap], way: Way, limits: Sequence[float]) -> list[float]:
    """`nearness` for each of these box thresholds, which are ascending; a map is decoded once for all."""
    shared, everything = np.zeros(len(limits)), np.zeros(len(limits))
    for one in judged:
        outlines, scores = _found(one, way, limits[0])
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


def _found(one: JudgedMap, way: Way, limit: float) -> tuple[list[np.ndarray], np.ndarray]:
    """Boxes of this way and their scores; those of lines that were joined are sure."""
    outlines, scores = one.regions(way.options.model_copy(update={"box_threshold": limit}))
    if way.lines:
        lines = way.parted(outlines, one.gray)
        return lines, np.ones(len(lines))
    parts = [way.parted([outline], one.gray) for outline in outlines]
    return [piece for some in parts for piece in some], np.repeat(scores, [len(some) for some in parts])


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


def _counted(judged: JudgedMap) -> list[np.ndarray]:
    return [points for points, ignored in zip(judged.labels, judged.ignored, strict=True) if not ignored]


def _are_upright(boxes: Sequence[np.ndarray]) -> bool:
    """Whether nearly all are rectangles along the sides of the picture."""
    along = [np.ptp(np.sort(points[:, 0])[:2]) <= 1 and np.ptp(np.sort(points[:, 1])[:2]) <= 1 for points in boxes]
    return len(along) > 0 and bool(sum(along) >= UPRIGHT * len(along))


def _sides(judged: JudgedMap, way: Way) -> list[np.ndarray]:
    """(4,) of each pair that is plainly one text: how far the person's sides lie outside of the detection's, in heights."""
    found = way.drawn(judged.regions(way.options)[0], judged.gray)
    labels = _counted(judged)
    if not found:
        return []
    iou, _ = _overlap(
        np.asarray(shapely.make_valid([shapely.Polygon(points) for points in labels])),
        np.asarray(shapely.make_valid([shapely.Polygon(points) for points in found])),
    )
    sides = []
    for row, points in enumerate(labels):
        column = int(iou[row].argmax())
        if iou[row, column] < ONE_TEXT:
            continue
        corner, axes, size = _frame(found[column], way.upright)
        given = (np.asarray(points, np.float64) - corner) @ axes.T
        low, high = given.min(axis=0), given.max(axis=0) - size
        sides.append(np.array([-low[0], high[0], -low[1], high[1]]) / max(1.0, float(size.min())))
    return sides


def _frame(quad: np.ndarray, upright: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Corner, (2, 2) unit vectors and (2,) lengths of a rectangle; of the upright one around it when that is asked for."""
    points = np.asarray(quad, np.float64)
    if upright:
        low, high = points.min(axis=0), points.max(axis=0)
        return low, np.eye(2), high - low
    sides = points[1] - points[0], points[3] - points[0]
    lengths = np.array([max(1e-6, float(np.linalg.norm(side))) for side in sides])
    return points[0], np.stack([side / length for side, length in zip(sides, lengths, strict=True)]), lengths


def _corners(corner: np.ndarray, axes: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    given = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
    return np.asarray(corner + given @ axes, np.float32)
