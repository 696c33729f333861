"""Shrinking and growing text polygons."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrweb.geometry.offset import shrink, unclip, unclip_quads
from ocrweb.geometry.polygon import area, perimeter
from ocrweb.geometry.quad import order_clockwise


def rectangle(left: float, top: float, width: float, height: float) -> np.ndarray:
    return np.array([[left, top], [left + width, top], [left + width, top + height], [left, top + height]])


def smallest_rectangle(outline: np.ndarray) -> np.ndarray:
    return order_clockwise(cv2.boxPoints(cv2.minAreaRect(outline)))


@given(st.integers(0, 500), st.integers(0, 500), st.integers(4, 300), st.integers(4, 300), st.floats(1, 3))
def test_a_rectangle_grows_by_d_on_every_side(left: int, top: int, width: int, height: int, ratio: float) -> None:
    distance = width * height * ratio / (2 * (width + height))
    expected = [left - distance, top - distance, left + width + distance, top + height + distance]
    for outline in (
        unclip(rectangle(left, top, width, height), ratio)[0],
        unclip_quads(rectangle(left, top, width, height)[None], ratio)[0],
    ):
        bounds = [*outline.min(axis=0), *outline.max(axis=0)]
        assert np.abs(np.subtract(bounds, expected)).max() <= 0.5 + 1e-6


@given(st.floats(0, 90), st.floats(8, 300), st.floats(8, 60), st.floats(1, 2.5))
def test_many_quads_grow_as_with_the_polygon_library(angle: float, width: float, height: float, ratio: float) -> None:
    quad = order_clockwise(cv2.boxPoints(((400, 400), (width, height), angle)))
    (reference,) = unclip(quad, ratio)
    ours = unclip_quads(quad[None], ratio)[0]
    wide = np.sort(cv2.minAreaRect(reference)[1])
    assert np.abs(np.sort(cv2.minAreaRect(ours)[1]) - wide).max() <= 1.5
    assert np.abs(ours.min(axis=0) - reference.min(axis=0)).max() <= 1
    assert np.abs(ours.max(axis=0) - reference.max(axis=0)).max() <= 1


def test_growing_many_quads_equals_one_by_one_whatever_their_sizes() -> None:
    quads = np.stack([rectangle(10, 10, 4, 4), rectangle(100, 50, 300, 40), rectangle(5, 300, 30, 200)])
    together = unclip_quads(quads, 1.5)
    for quad, outline in zip(quads, together, strict=True):
        alone = unclip_quads(quad[None], 1.5)[0]
        assert np.array_equal(smallest_rectangle(outline), smallest_rectangle(alone))


@pytest.mark.parametrize(
    "quads", [np.zeros((0, 4, 2)), np.zeros((1, 4, 2)), np.full((2, 4, 2), 7.0)], ids=["none", "origin", "point"]
)
def test_degenerate_quads_do_not_raise(quads: np.ndarray) -> None:
    assert len(unclip_quads(quads, 1.5)) == len(quads)


@pytest.mark.parametrize("kernel", [np.zeros((4, 2)), np.array([[1, 1], [1, 1], [1, 1]])], ids=["origin", "point"])
def test_a_degenerate_kernel_yields_nothing(kernel: np.ndarray) -> None:
    assert unclip(kernel, 1.5) == []


def test_shrinking_moves_every_side_inwards_by_d() -> None:
    text = rectangle(0, 0, 100, 20)
    distance = area(text) * (1 - 0.4**2) / perimeter(text)
    (kernel,) = shrink(text, 0.4)
    assert [*kernel.min(axis=0), *kernel.max(axis=0)] == [7, 7, 93, 13]
    assert distance == pytest.approx(7.0)


def test_a_dumbbell_shrinks_to_two_kernels_and_a_line_to_none() -> None:
    half = [[0, 0], [40, 0], [40, 18], [80, 18], [80, 0], [120, 0]]
    dumbbell = np.array(half + [[x, 40 - y] for x, y in reversed(half)])
    assert len(shrink(dumbbell, 0.4)) == 2
    assert shrink(rectangle(0, 0, 100, 0), 0.4) == []
