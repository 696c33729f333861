"""One order of corners: clockwise as seen on the screen, from the top-left."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrweb.geometry.polygon import signed_area
from ocrweb.geometry.quad import order_clockwise, order_many_clockwise

SQUARE = np.array([[10, 20], [50, 20], [50, 40], [10, 40]], np.float32)


@pytest.mark.parametrize("permutation", list(itertools.permutations(range(4))))
def test_every_order_of_the_corners_gives_the_same_answer(permutation: tuple[int, ...]) -> None:
    assert np.array_equal(order_clockwise(SQUARE[list(permutation)]), SQUARE)


@pytest.mark.parametrize(
    ("corners", "first"),
    [
        ([[0, 5], [20, 0], [22, 10], [2, 15]], [0, 5]),
        ([[0, 10], [10, 0], [20, 10], [10, 20]], [10, 0]),
        ([[5, 0], [9, 0], [9, 90], [5, 90]], [5, 0]),
    ],
    ids=["tilted", "diamond", "upright-strip"],
)
def test_the_first_corner_is_the_upper_of_the_two_leftmost(corners: list[list[int]], first: list[int]) -> None:
    ordered = order_clockwise(np.array(corners))
    assert ordered[0].tolist() == first
    assert signed_area(ordered) > 0


@given(st.floats(-180, 180), st.floats(1, 400), st.floats(1, 400))
def test_a_rotated_rectangle_is_ordered_as_in_paddleocr(angle: float, width: float, height: float) -> None:
    corners = cv2.boxPoints(((500, 500), (width, height), angle))
    expected = mini_boxes(corners)
    assert np.array_equal(order_clockwise(corners), expected)


def test_many_quads_are_ordered_as_one_by_one() -> None:
    quads = np.random.default_rng(0).uniform(0, 100, (50, 4, 2))
    assert np.array_equal(order_many_clockwise(quads), np.stack([order_clockwise(quad) for quad in quads]))
    assert order_many_clockwise(np.zeros((0, 4, 2))).shape == (0, 4, 2)


def mini_boxes(corners: np.ndarray) -> np.ndarray:
    """PaddleOCR's get_mini_boxes, after minAreaRect."""
    points = sorted(corners.tolist(), key=lambda point: point[0])
    first, fourth = (0, 1) if points[1][1] > points[0][1] else (1, 0)
    second, third = (2, 3) if points[3][1] > points[2][1] else (3, 2)
    return np.array([points[first], points[second], points[third], points[fourth]], np.float32)


def test_of_corners_that_are_level_the_right_one_is_taken_as_paddleocr_takes_it() -> None:
    """Corners side by side, one below the other and twice the same: every tie there is."""
    quads = np.random.default_rng(0).integers(0, 3, (400, 4, 2))
    assert np.array_equal(order_many_clockwise(quads), np.stack([mini_boxes(quad) for quad in quads]))
