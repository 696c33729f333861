"""Area, perimeter, order and bounds of polygons."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ocrweb.geometry.polygon import area, clip_to, clockwise, perimeter, signed_area

TRIANGLE = np.array([[0, 0], [30, 0], [30, 40]])
BOWTIE = np.array([[0, 0], [10, 10], [10, 0], [0, 10]])


@given(st.lists(st.tuples(st.integers(-1000, 1000), st.integers(-1000, 1000)), min_size=4, max_size=12, unique=True))
def test_area_and_perimeter_equal_shapely(points: list[tuple[int, int]]) -> None:
    polygon = np.array(points, float)
    reference = shapely.Polygon(polygon)
    assert perimeter(polygon) == pytest.approx(reference.exterior.length)
    assert signed_area(polygon) == pytest.approx(shapely.algorithms.cga.signed_area(reference.exterior), abs=1e-6)


def test_area_ignores_the_order_and_far_origins_cost_no_digits() -> None:
    assert area(TRIANGLE) == area(TRIANGLE[::-1]) == 600
    assert area(TRIANGLE + 1e9) == 600
    assert perimeter(TRIANGLE) == 120


def test_clockwise_is_as_seen_on_the_screen_and_keeps_the_first_point() -> None:
    turned = clockwise(TRIANGLE[::-1])
    assert signed_area(turned) > 0
    assert turned[0].tolist() == TRIANGLE[-1].tolist()
    for kept in (TRIANGLE, np.array([[0, 0], [5, 0], [9, 0]])):  # on a line there is neither way around
        assert np.array_equal(clockwise(kept), kept)


def test_points_outside_move_onto_the_border() -> None:
    clipped = clip_to(np.array([[-5, 3], [120, 3], [120, 70], [-5, 70]]), 100, 50)
    assert clipped.tolist() == [[0, 3], [100, 3], [100, 50], [0, 50]]
