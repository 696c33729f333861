"""A person who brings a model's labels to the true boxes, and counts: each click, each drag and each key is one action, against
drawing every box.

They see the proposals, which follow their way by themselves after five pictures. Where that spares more than it costs they open the
sliders (a key, once for all pictures), move one or both (how tight: the unclip ratio, what belongs together: the threshold) and
take what these show (a click), or press one key that divides all lines into words. What differs is mended with the box tool in
hand, taken by one key at the first picture, and with Alt or Shift held, which is no action: a drag for each cut divides a box that holds
more than its text, a click and a key one that holds many, one drag from box to box joins what belongs together; a click brings a
missed text, as long as most such clicks do. What is still wrong is drawn, in place of the boxes that it is drawn over: by one drag
where a rectangle along the picture's sides is right, else by a click on each of its four corners. What is left on nothing, or was
brought there by a click in vain, takes a click each, or a drag around as many as lie together with no true one between. One key accepts the picture.
Two clicks have a model learn from the pictures so far, whose boxes are then corrected. A box is right from an overlap (IoU) of 0.7. Ignored boxes count neither way.

Who draws every box by hand needs a drag for each that a drag can draw, four clicks for each other, and the key for the next picture.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import shapely

from benchmarks.labelling.shapes import around, cut_apart, drop, inside, iou, level, shape, sweeps
from ocrweb.config.detection import DecodeOptions
from ocrweb.data.sample import LabelledBox
from ocrweb.evaluation.sweep import JudgedMap
from ocrweb.evaluation.way import CORRECTED, Way, latest, learn_way
from ocrweb.runtime.decode import decode
from ocrweb.runtime.nearby import region_at
from ocrweb.runtime.words import USUAL_GAP, split_words

RIGHT = 0.7  # IoU
IN_IGNORED = 0.5  # of a box, in ignored ones: nobody minds it
PART = 0.6  # of the smaller, in the larger
TRIED = 5  # clicks, before somebody says whether they help
CORNERS = 4  # clicks of a tilted box
CHOOSE_AND_KEY = 2  # actions that divide one line into its words
LEARN = 2  # clicks: the button, and its question
TAKEN = 1  # click, for what the sliders show
OVER, SAME = 0.7, 0.3  # of a box in one that is drawn over it, and of both together: `deeds.js`
THRESHOLDS, RATIOS = (0.2, 0.3, 0.5, 0.7), (1.0, 1.3, 1.6, 2.0, 2.5)  # where the sliders are tried


@dataclass
class Actions:
    """Of each kind: how many. boxes: true ones. by_hand: drags and clicks of who draws them all. sliders: moves, and clicks that
    take what they show. tools: keys that take a tool or open the sliders. found: clicks that brought a box. corners: clicks.
    words: keys, and clicks before them, that divide lines into words. deletes: clicks and
    drags. learn: clicks that have a model learn from what is checked."""

    boxes: int = 0
    by_hand: int = 0
    accepts: int = 0
    sliders: int = 0
    tools: int = 0
    clicks: int = 0
    drags: int = 0
    found: int = 0
    corners: int = 0
    splits: int = 0
    words: int = 0
    joins: int = 0
    deletes: int = 0
    learn: int = 0
    untouched: int = 0

    @property
    def total(self) -> int:
        drawn = self.clicks + self.drags + self.corners
        mended = self.splits + self.words + self.joins + self.deletes
        return self.accepts + self.sliders + self.tools + drawn + mended + self.learn

    @property
    def ratio(self) -> float:
        """Against drawing every box."""
        return self.total / max(1, self.by_hand + self.accepts)

    @property
    def of_drags(self) -> float:
        """Against a drag for every box, as if one could draw tilted ones too."""
        return self.total / max(1, self.boxes + self.accepts)


@dataclass(eq=False)
class Person:
    """Works through pictures one after the other, in one sitting or in several, each with the boxes of another model."""

    done: list[JudgedMap] = field(default_factory=list)
    actions: Actions = field(default_factory=Actions)
    way: Way | None = None

    def work(self, pictures: Sequence[JudgedMap], usual: DecodeOptions) -> Actions:
        """usual: the settings that this model's proposals begin with; what was corrected of another's tells nothing of it."""
        self.actions.learn += LEARN * bool(self.actions.accepts)
        self.done, self.way = [], None
        self.actions.tools += bool(pictures)
        for judged in pictures:
            _Desk(judged, self.way or Way(usual), self.actions).correct()
            self.actions.accepts += 1
            truth = tuple(replace(box, polygon=None) for box in judged.sample.boxes)
            self.done.append(replace(judged, sample=replace(judged.sample, boxes=truth)))
            if len(self.done) % CORRECTED == 0:
                boxes = [len(one.sample.boxes) for one in self.done]
                self.way = learn_way(self.done[-latest(boxes) :], usual)
        return self.actions


class _Desk:
    """One picture: the boxes as they are now, and those that shall be."""

    def __init__(self, judged: JudgedMap, way: Way, actions: Actions) -> None:
        self._way, self._actions = way, actions
        self._map, self._page, self._gray = judged.map.astype(np.float32), judged.page, judged.gray
        boxes: Sequence[LabelledBox] = judged.sample.boxes
        self._truth = [np.asarray(box.points, np.float64) for box in boxes if not box.ignore]
        self._ignored = shapely.union_all([shape(box.points) for box in boxes if box.ignore])
        self._tiles = judged.tiles
        self._now = self._proposed(way)

    def correct(self) -> None:
        true_ones = list(self._truth)
        self._actions.boxes += len(self._truth)
        self._actions.by_hand += sum(by_hand(true) for true in self._truth)
        self._move_sliders()
        self._words()
        self._settle(first=True)
        self._join()
        self._split()
        for true in list(self._truth):
            self._bring(true)
        self._actions.deletes += sweeps([quad for quad in self._now if not self._aside(quad)], true_ones)

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
            cost = moved + TAKEN + (self._actions.sliders == 0)
            if moved and (left := self._left(self._proposed(way)) + cost) < least:
                least, chosen, moves = left, way, moved + TAKEN
        self._actions.tools += moves > 0 and self._actions.sliders == 0
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
        labels, found = (np.array([shape(points) for points in some]) for some in (self._truth, boxes))
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
            if index is not None and iou(true, self._now[index]) >= RIGHT:
                self._now.pop(index)
                drop(self._truth, true)
                self._actions.untouched += first

    def _join(self) -> None:
        """Several boxes over one text become one: a drag from each to the next."""
        for true in list(self._truth):
            parts = [quad for quad in self._now if inside(quad, true) > PART]
            if len(parts) > 1 and iou(true, around(parts)) >= RIGHT:
                for part in parts:
                    drop(self._now, part)
                drop(self._truth, true)
                self._actions.joins += len(parts) - 1

    def _split(self) -> None:
        """A box over more than its text is cut where that leaves less to do: each cut a drag, or a click and a key for its words."""
        for quad in list(self._now):
            held = [true for true in self._truth if inside(true, quad) > PART]
            if not held:
                continue
            by_drags = cut_apart(quad, held)
            cuts, words = len(by_drags) - 1, CHOOSE_AND_KEY
            parts, least = by_drags, cuts + self._left_of(held, by_drags)
            by_key = len(held) > 1 and words + self._left_of(held, by_words := self._divided(quad)) < least
            if by_key:
                parts, least = by_words, words + self._left_of(held, by_words)
            if least >= sum(by_hand(true) for true in held) + self._stays(quad, held):
                continue
            if by_key:
                self._actions.words += words
            else:
                self._actions.splits += cuts
            drop(self._now, quad)
            for true in _right(held, parts):
                parts = [part for part in parts if iou(true, part) < RIGHT]
                drop(self._truth, true)
            self._now += parts

    def _left_of(self, held: Sequence[np.ndarray], parts: Sequence[np.ndarray]) -> int:
        """Actions that are left in a box that was cut."""
        right = [any(true is one for one in _right(held, parts)) for true in held]
        wrong = [part for part in parts if all(iou(true, part) < RIGHT for true in held)]
        drawn = [true for true, good in zip(held, right, strict=True) if not good]
        return sum(by_hand(true) for true in drawn) + sum(self._stays(part, drawn) for part in wrong)

    def _stays(self, quad: np.ndarray, drawn: Sequence[np.ndarray]) -> bool:
        """Whether a wrong box has to be taken away when these have been drawn."""
        return not any(_covers(true, quad) for true in drawn) and not self._aside(quad)

    def _aside(self, quad: np.ndarray) -> bool:
        one = shape(quad)
        return bool(shapely.intersection(one, self._ignored).area > IN_IGNORED * one.area)

    def _bring(self, true: np.ndarray) -> None:
        """By a click where nothing is, else drawn."""
        x, y = (float(value) for value in true.mean(axis=0))
        in_the_way = any(_covers(true, quad) or not _beside(quad, x, y) for quad in self._now)
        if not in_the_way and _pays(self._actions.clicks, self._actions.found):
            self._actions.clicks += 1
            region = region_at(self._map, self._page, x, y, self._way.options)
            if region is not None:
                quad = min(self._way.drawn([region.quad], self._gray), key=lambda part: _beside(part, x, y))
                if iou(true, quad) >= RIGHT:
                    self._actions.found += 1
                    return
                self._now.append(quad)
        self._draw(true)

    def _draw(self, true: np.ndarray) -> None:
        if by_hand(true) == 1:
            self._actions.drags += 1
        else:
            self._actions.corners += CORNERS
        self._replace(true)

    def _replace(self, drawn: np.ndarray) -> None:
        for quad in list(self._now):
            if _covers(drawn, quad):
                drop(self._now, quad)

    def _best(self, true: np.ndarray) -> int | None:
        overlaps = [iou(true, quad) for quad in self._now]
        return int(np.argmax(overlaps)) if overlaps else None


def _right(held: Sequence[np.ndarray], parts: Sequence[np.ndarray]) -> list[np.ndarray]:
    return [true for true in held if any(iou(true, piece) >= RIGHT for piece in parts)]


def by_hand(true: np.ndarray) -> int:
    """Actions that draw a box without help."""
    return 1 if iou(true, level(true)) >= RIGHT else CORNERS


def _covers(drawn: np.ndarray, quad: np.ndarray) -> bool:
    return inside(quad, drawn) > OVER or iou(drawn, quad) > SAME


def _pays(tried: int, helped: int) -> bool:
    return tried < TRIED or 2 * helped > tried


def _beside(quad: np.ndarray, x: float, y: float) -> float:
    return float(shapely.distance(shape(quad), shapely.Point(x, y)))
