"""Many polygons at once are measured as each alone is."""

from __future__ import annotations

import numpy as np
import pytest

from ocrweb.geometry.outlines import Outlines
from ocrweb.geometry.polygon import area, perimeter

POLYGONS = [np.random.default_rng(seed).uniform(-50, 900, (count, 2)) for seed, count in enumerate((4, 3, 14, 1, 2, 4))]


def test_areas_and_lengths_equal_those_of_single_polygons() -> None:
    areas, lengths = Outlines.of(POLYGONS).areas_and_lengths()
    assert areas == pytest.approx([area(polygon) for polygon in POLYGONS], abs=1e-6)
    assert lengths == pytest.approx([perimeter(polygon) for polygon in POLYGONS])


def test_bounds_equal_those_of_single_polygons() -> None:
    lowest, highest = Outlines.of(POLYGONS).bounds()
    assert np.array_equal(lowest, [polygon.min(axis=0) for polygon in POLYGONS])
    assert np.array_equal(highest, [polygon.max(axis=0) for polygon in POLYGONS])


def test_splitting_gives_the_polygons_back() -> None:
    outlines = Outlines.of(POLYGONS)
    assert outlines.counts.tolist() == [4, 3, 14, 1, 2, 4]
    assert all(np.array_equal(one, other) for one, other in zip(outlines.split(), POLYGONS, strict=True))
    doubled = outlines.with_points(outlines.points * 2).split()
    assert np.array_equal(doubled[2], POLYGONS[2] * 2)


def test_sides_end_where_the_next_begins_and_close_each_polygon() -> None:
    begins, ends = Outlines.of(POLYGONS[:2]).sides()
    assert np.array_equal(begins, np.concatenate(POLYGONS[:2]))
    assert np.array_equal(ends[[0, 1, 2, 4, 5]], begins[[1, 2, 3, 5, 6]])
    assert np.array_equal(ends[[3, 6]], begins[[0, 4]])


def test_no_polygons_have_no_measures() -> None:
    none = Outlines.of([])
    assert len(none) == 0
    assert none.split() == []
    assert [part.shape for part in (*none.bounds(), *none.areas_and_lengths())] == [(0, 2), (0, 2), (0,), (0,)]
