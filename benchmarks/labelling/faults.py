"""Faults as people make them, put into clean labels by a seed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from ocrweb.data.sample import LabelledBox, Sample
from ocrweb.evaluation.suspects.frame import Frame

USUAL = {"missing": 0.05, "joined": 0.03, "shifted": 0.03, "extra": 0.02}
EVERY = {**USUAL, "cut": 0.02, "ignored": 0.02, "readable": 0.02}
NEIGHBOUR = 1.5  # heights between two boxes that somebody might take for one
TRIES = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """picture: its place in the list. box: (4, 2) what is wrong, or where the missing box was."""

    picture: int
    kind: str
    box: np.ndarray


class Spoiler:
    """sizes: width and height of each picture. Labels of samples that are spoiled are spoiled once."""

    def __init__(self, samples: Sequence[Sample], sizes: Sequence[tuple[int, int]], seed: int) -> None:
        self._dice = random.Random(seed)
        self._sizes = sizes
        self._boxes = [list(sample.boxes) for sample in samples]
        self._samples = samples
        self._counted = [(k, n) for k, s in enumerate(samples) for n, box in enumerate(s.boxes) if not box.ignore]
        self._ignored_left = [(k, n) for k, s in enumerate(samples) for n, box in enumerate(s.boxes) if box.ignore]
        self._dice.shuffle(self._counted)
        self._dice.shuffle(self._ignored_left)
        self._given = 0
        self._touched: set[tuple[int, int]] = set()
        self._gone: set[tuple[int, int]] = set()
        self._new: list[tuple[int, LabelledBox]] = []
        self.faults: list[Fault] = []

    def spoil(self, shares: Mapping[str, float]) -> list[Sample]:
        """The samples with the faults in them; `faults` tells which. shares: kind → share of the labels that count."""
        total = len(self._counted)
        for kind, share in shares.items():
            for _ in range(round(total * share)):
                getattr(self, f"_{kind}")()
        spoiled = []
        for k, sample in enumerate(self._samples):
            kept = [box for n, box in enumerate(self._boxes[k]) if (k, n) not in self._gone]
            spoiled.append(replace(sample, boxes=(*kept, *(box for place, box in self._new if place == k))))
        return spoiled

    def _missing(self) -> None:
        k, n = self._next()
        self._gone.add((k, n))
        self._note(k, "missing", self._boxes[k][n].points)

    def _joined(self) -> None:
        for _ in range(TRIES):
            k, n = self._next()
            box = Frame.around(self._boxes[k][n].points)
            near = [
                (shapely.distance(box.shape, Frame.around(other.points).shape), m)
                for m, other in enumerate(self._boxes[k])
                if (k, m) not in self._touched and not other.ignore
            ]
            if near and min(near)[0] < NEIGHBOUR * box.height:
                m = min(near)[1]
                self._touched.add((k, m))
                self._gone |= {(k, n), (k, m)}
                whole = Frame.around(np.concatenate([self._boxes[k][n].points, self._boxes[k][m].points])).quad
                self._put(k, "joined", whole)
                return

    def _shifted(self) -> None:
        k, n = self._next()
        box = Frame.around(self._boxes[k][n].points)
        way = self._dice.choice([box.along * box.length, box.across * box.height]) * self._dice.choice([1 / 3, -1 / 3])
        self._gone.add((k, n))
        self._put(k, "shifted", self._boxes[k][n].points + way)

    def _extra(self) -> None:
        for _ in range(TRIES):
            k, n = self._dice.choice(self._counted)
            size = np.ptp(self._boxes[k][n].points, axis=0)
            width, height = self._sizes[k]
            corner = np.array(
                [self._dice.uniform(0, max(1, width - size[0])), self._dice.uniform(0, max(1, height - size[1]))]
            )
            quad = corner + np.array([[0, 0], [size[0], 0], size, [0, size[1]]])
            others = [Frame.around(box.points).shape for box in self._boxes[k]]
            if not any(shapely.Polygon(quad).intersects(other) for other in others):
                self._put(k, "extra", quad)
                return

    def _cut(self) -> None:
        for _ in range(TRIES):
            k, n = self._next()
            box = Frame.around(self._boxes[k][n].points)
            if box.length < 2 * box.height:
                continue
            where = self._dice.uniform(0.3, 0.7)
            top, bottom = (a + (b - a) * where for a, b in ((box.quad[0], box.quad[1]), (box.quad[3], box.quad[2])))
            self._gone.add((k, n))
            self._note(k, "cut", box.quad)
            for half in ((box.quad[0], top, bottom, box.quad[3]), (top, box.quad[1], box.quad[2], bottom)):
                self._new.append((k, LabelledBox(np.array(half, np.float32), "text", False)))
            return

    def _ignored(self) -> None:
        k, n = self._next()
        self._boxes[k][n] = LabelledBox(self._boxes[k][n].points, "###", True)
        self._note(k, "ignored", self._boxes[k][n].points)

    def _readable(self) -> None:
        if self._ignored_left:
            k, n = self._ignored_left.pop()
            self._boxes[k][n] = LabelledBox(self._boxes[k][n].points, "text", False)
            self._note(k, "readable", self._boxes[k][n].points)

    def _next(self) -> tuple[int, int]:
        while True:
            place = self._counted[self._given % len(self._counted)]
            self._given += 1
            if place not in self._touched:
                self._touched.add(place)
                return place

    def _put(self, k: int, kind: str, points: np.ndarray) -> None:
        self._new.append((k, LabelledBox(points.astype(np.float32), "text", False)))
        self._note(k, kind, points)

    def _note(self, k: int, kind: str, points: np.ndarray) -> None:
        self.faults.append(Fault(k, kind, Frame.around(points).quad))
