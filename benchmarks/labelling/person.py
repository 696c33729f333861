"""A person who brings a model's labels to the true boxes, and counts: clicks, drags and keys, against drawing every box.

They see the proposals, which follow their way after five pictures, move a slider or both where that spares more than it
costs (how tight: the unclip ratio, what belongs together: the threshold), press one key that divides all lines into words
where that leaves less to do, and mend what differs by the console's own tools, with Alt held where no tool has to be taken for
it: one drag divides a box that holds two texts, a click and a key one that holds many, one drag from box to box joins what
belongs together; one click brings a missed text, one drag around it when the click did not, and at once for who has seen
that most clicks bring nothing; a box of the wrong size is drawn anew; boxes on nothing take a click each; and one key accepts
the picture. A box is right from an overlap (IoU) of 0.7. Ignored boxes count neither way.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import shapely

from ocrweb.config.detection import DecodeOptions
from ocrweb.data.sample import LabelledBox
from ocrweb.evaluation.sweep import JudgedMap
from ocrweb.evaluation.way import CORRECTED, Way, latest, learn_way
from ocrweb.runtime.decode import decode
from ocrweb.runtime.nearby import region_at, region_within
from ocrweb.runtime.words import USUAL_GAP, split_words

RIGHT = 0.7  # IoU
IN_IGNORED = 0.5  # of a box, in ignored ones: nobody minds it
PART = 0.6  # of the smaller, in the larger
TRIED = 5  # clicks, before somebody says whether they help
THRESHOLDS, RATIOS = (0.2, 0.3, 0.5, 0.7), (1.0, 1.3, 1.6, 2.0, 2.5)  # where the sliders are tried


@dataclass
class Actions:
    """Of each kind: how many. boxes: true ones, each of which is one drag for who draws them all. found: clicks that brought a
    box. words: keys, and clicks before them, that divide lines into words. deletes: clicks."""

    boxes: int = 0
    accepts: int = 0
    sliders: int = 0
    clicks: int = 0
    drags: int = 0
    found: int = 0
    splits: int = 0
    words: int = 0
    joins: int = 0
    deletes: int = 0
    untouched: int = 0

    @property
    def total(self) -> int:
        mended = self.clicks + self.drags + self.splits + self.words + self.joins + self.deletes
        return self.accepts + self.sliders + mended

    @property
    def ratio(self) -> float:
        """Against drawing every box: a drag each, and a key for the next picture too."""
        return self.total / max(1, self.boxes + self.accepts)


@dataclass(eq=False)
class Person:
    """Works through pictures one after the other. usual: the settings that proposals begin with."""

    usual: DecodeOptions
    done: list[JudgedMap] = field(default_factory=list)
    actions: Actions = field(default_factory=Actions)
    way: Way | None = None

    def work(self, pictures: Sequence[JudgedMap]) -> Actions:
        for judged in pictures:
            _Desk(judged, self.way or Way(self.usual), self.actions).correct()
            self.actions.accepts += 1
            truth = tuple(replace(box, polygon=None) for box in judged.sample.boxes)
            self.done.append(replace(judged, sample=replace(judged.sample, boxes=truth)))
            if len(self.done) % CORRECTED == 0:
                boxes = [len(one.sample.boxes) for one in self.done]
                self.way = learn_way(self.done[-latest(boxes) :], self.usual)
        return self.actions


class _Desk:
    """One picture: the boxes as they are now, and those that shall be."""

    def __init__(self, judged: JudgedMap, way: Way, actions: Actions) -> None:
        self._way, self._actions = way, actions
        self._map, self._page, self._gray = judged.map.astype(np.float32), judged.page, judged.gray
        boxes: Sequence[LabelledBox] = judged.sample.boxes
        self._truth = [np.asarray(box.points, np.float64) for box in boxes if not box.ignore]
        self._ignored = shapely.union_all([_shape(box.points) for box in boxes if box.ignore])
        self._tiles = judged.tiles
        self._now = self._proposed(way)

    def correct(self) -> None:
        self._actions.boxes += len(self._truth)
        self._move_sliders()
        self._words()
        self._settle(first=True)
        self._join()
        self._split()
        for true in list(self._truth):
            self._bring(true)
        shapes = [_shape(quad) for quad in self._now]
        self._actions.deletes += sum(
            shapely.intersection(one, self._ignored).area <= IN_IGNORED * one.area for one in shapes
        )

    def _proposed(self, way: Way) -> list[np.ndarray]:
        found = decode(self._map, self._page, way.options, tiles=self._tiles)
        return way.drawn([region.quad for region in found], self._gray)

    def _move_sliders(self) -> None:
        """None, one or both: whichever leaves least to do, their own moves counted."""
        least, chosen, moves = self._left(self._now), self._way, 0
        for threshold, ratio in itertools.product((None, *THRESHOLDS), (None, *RATIOS)):
            moved = (threshold is not None) + (ratio is not None)
            changed: dict[str, float | None] = {"unclip_ratio": ratio} if ratio is not None else {}
            if threshold is not None:  # as a slider of the page does, which leaves the box threshold to its rule
                changed |= {"threshold": threshold, "box_threshold": None}
            way = replace(self._way, options=self._way.options.model_copy(update=changed))
            if moved and (left := self._left(self._proposed(way)) + moved) < least:
                least, chosen, moves = left, way, moved
        self._actions.sliders += moves
        self._way, self._now = chosen, self._proposed(chosen) if moves else self._now

    def _words(self) -> None:
        """All lines into words, by one key."""
        divided = [piece for quad in self._now for piece in self._divided(quad)]
        if self._left(divided) + 1 < self._left(self._now):
            self._actions.words += 1
            self._now = divided

    def _divided(self, quad: np.ndarray) -> list[np.ndarray]:
        return [quad] if self._gray is None else split_words(self._gray, quad, self._way.words or USUAL_GAP)

    def _left(self, boxes: Sequence[np.ndarray]) -> int:
        """Actions that are left, roughly: one for a true box that none of these is, one for one of these that is none."""
        if not boxes or not self._truth:
            return len(self._truth) + len(boxes)
        labels, found = (np.array([_shape(points) for points in some]) for some in (self._truth, boxes))
        rows, columns = shapely.STRtree(found).query(labels, predicate="intersects")
        shared = shapely.area(shapely.intersection(labels[rows], found[columns]))
        iou = shared / np.maximum(shapely.area(labels)[rows] + shapely.area(found)[columns] - shared, 1e-6)
        right = iou >= RIGHT
        aside = shapely.area(shapely.intersection(found, self._ignored)) > IN_IGNORED * shapely.area(found)
        met = len(set(rows[right].tolist()))
        near = set(columns[iou > 0.1].tolist()) | set(np.flatnonzero(aside).tolist())
        wrong = len(boxes) - len(near)
        return len(self._truth) - met + wrong

    def _settle(self, *, first: bool = False) -> None:
        """Take away what is right already."""
        for true in list(self._truth):
            index = self._best(true)
            if index is not None and _iou(true, self._now[index]) >= RIGHT:
                self._now.pop(index)
                _drop(self._truth, true)
                self._actions.untouched += first

    def _join(self) -> None:
        """Several boxes over one text become one: a drag from each to the next."""
        for true in list(self._truth):
            parts = [quad for quad in self._now if _inside(quad, true) > PART]
            if len(parts) > 1 and _iou(true, _around(parts)) >= RIGHT:
                for part in parts:
                    _drop(self._now, part)
                _drop(self._truth, true)
                self._actions.joins += len(parts) - 1

    def _split(self) -> None:
        """A box over several texts is divided, each cut a drag; the pieces come to their text by themselves."""
        for quad in list(self._now):
            held = [true for true in self._truth if _inside(true, quad) > PART]
            if len(held) < 2:
                continue
            pieces = [self._snapped(piece) for piece in _pieces(quad, held)]
            right = _right(held, pieces)
            if len(held) > 3 and len(words := _right(held, by_key := self._divided(quad))) >= max(2, len(right)):
                right, pieces = words, by_key
                self._actions.words += 2
            elif len(right) < 2:
                continue
            else:
                self._actions.splits += len(held) - 1
            _drop(self._now, quad)
            for true in right:
                _drop(pieces, next((piece for piece in pieces if _iou(true, piece) >= RIGHT), None))
                _drop(self._truth, true)
            self._now += pieces

    def _bring(self, true: np.ndarray) -> None:
        """By a click where nothing is, else by a loose drag; at last by an exact one. Boxes in the way are replaced."""
        in_the_way = [quad for quad in self._now if _iou(true, quad) > 0.3]
        x, y = true.mean(axis=0)
        if not in_the_way and (self._actions.clicks < TRIED or 2 * self._actions.found > self._actions.clicks):
            region = region_at(self._map, self._page, float(x), float(y), self._way.options)
            self._actions.clicks += 1
            if region is not None and _right([true], self._way.drawn([region.quad], self._gray)):
                self._actions.found += 1
                return
        self._actions.drags += 1
        for quad in in_the_way[:1]:
            _drop(self._now, quad)

    def _snapped(self, quad: np.ndarray) -> np.ndarray:
        region = region_within(self._map, self._page, quad, self._way.options)
        return quad if region is None else self._way.shaped(region.quad)

    def _best(self, true: np.ndarray) -> int | None:
        overlaps = [_iou(true, quad) for quad in self._now]
        return int(np.argmax(overlaps)) if overlaps else None


def _right(held: Sequence[np.ndarray], pieces: Sequence[np.ndarray]) -> list[np.ndarray]:
    return [true for true in held if any(_iou(true, piece) >= RIGHT for piece in pieces)]


def _pieces(quad: np.ndarray, held: Sequence[np.ndarray]) -> Iterator[np.ndarray]:
    """The box divided halfway between the texts that it holds, across or along, whichever parts them better."""
    first, second = quad[1] - quad[0], quad[3] - quad[0]
    sides = (first, second)
    spans = [[_span(true, quad[0], side) for true in held] for side in sides]
    gaps = [_smallest_gap(span) for span in spans]
    axis = int(gaps[1] > gaps[0])
    span = sorted(spans[axis])
    cuts = [0.0, *((a[1] + b[0]) / 2 for a, b in itertools.pairwise(span)), 1.0]
    for low, high in itertools.pairwise(cuts):
        start, end = quad[0] + low * sides[axis], quad[0] + high * sides[axis]
        other = sides[1 - axis]
        corners = [start, end, end + other, start + other] if axis == 0 else [start, start + other, end + other, end]
        yield np.array(corners)


def _span(points: np.ndarray, origin: np.ndarray, side: np.ndarray) -> tuple[float, float]:
    along = (points - origin) @ side / max(float(side @ side), 1e-6)
    return float(along.min()), float(along.max())


def _smallest_gap(spans: Sequence[tuple[float, float]]) -> float:
    ordered = sorted(spans)
    return min(b[0] - a[1] for a, b in itertools.pairwise(ordered))


def _around(parts: Sequence[np.ndarray]) -> np.ndarray:
    points = np.concatenate([np.asarray(part, np.float32) for part in parts])
    return np.asarray(cv2.boxPoints(cv2.minAreaRect(points)), np.float64)


def _inside(inner: np.ndarray, outer: np.ndarray) -> float:
    shape = _shape(inner)
    return float(shapely.intersection(shape, _shape(outer)).area / max(shape.area, 1e-6))


def _iou(one: np.ndarray, other: np.ndarray) -> float:
    if (np.max(one, axis=0) < np.min(other, axis=0)).any() or (np.max(other, axis=0) < np.min(one, axis=0)).any():
        return 0.0
    a, b = _shape(one), _shape(other)
    shared = shapely.intersection(a, b).area
    return float(shared / max(a.area + b.area - shared, 1e-6))


def _shape(points: np.ndarray) -> shapely.Geometry:
    return shapely.make_valid(shapely.Polygon(np.asarray(points, np.float64)))


def _drop(boxes: list[np.ndarray], one: np.ndarray | None) -> None:
    boxes[:] = [box for box in boxes if box is not one]
