"""Many polygons of any number of points measured at once: a page has a hundred, and NumPy calls are dear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """N polygons of at least one point each.

    points: (T, 2) float64, the points of all, one polygon after the other, x then y. first: (N,) where each begins.
    """

    points: np.ndarray
    first: np.ndarray

    @staticmethod
    def of(polygons: Sequence[np.ndarray]) -> Outlines:
        """Join polygons, each (P, 2), P >= 1."""
        if not polygons:
            return Outlines(np.zeros((0, 2)), np.zeros(0, int))
        counts = [len(polygon) for polygon in polygons]
        first = np.cumsum([0, *counts[:-1]])
        return Outlines(np.concatenate(polygons).astype(np.float64, copy=False), first)

    def __len__(self) -> int:
        return len(self.first)

    @property
    def counts(self) -> np.ndarray:
        """(N,) points of each polygon."""
        return np.diff(self.first, append=len(self.points))

    def with_points(self, points: np.ndarray) -> Outlines:
        """The same polygons with other points."""
        return Outlines(points, self.first)

    def split(self) -> list[np.ndarray]:
        """The polygons one by one, views of the joined points."""
        edges = [*self.first.tolist(), len(self.points)]
        return [self.points[begin:end] for begin, end in pairwise(edges)]

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest x and y of each: (N, 2), (N, 2)."""
        return np.minimum.reduceat(self.points, self.first), np.maximum.reduceat(self.points, self.first)

    def sides(self) -> tuple[np.ndarray, np.ndarray]:
        """Where each side of each polygon begins and ends: (T, 2), (T, 2)."""
        following = np.arange(1, len(self.points) + 1)
        following[self.first + self.counts - 1] = self.first
        return self.points, self.points[following]

    def areas_and_lengths(self) -> tuple[np.ndarray, np.ndarray]:
        """Area, whatever the order of the points, and length of the closed outline: (N,), (N,), in pixels."""
        begins, ends = self.sides()
        crossed = begins[:, 0] * ends[:, 1] - begins[:, 1] * ends[:, 0]
        areas = 0.5 * np.abs(np.add.reduceat(crossed, self.first))
        return areas, np.add.reduceat(np.hypot(*(ends - begins).T), self.first)
