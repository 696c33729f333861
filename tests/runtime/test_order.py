"""Reading order: line by line from the top, each line from the left."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocrweb.geometry.quad import order_clockwise
from ocrweb.runtime.order import reading_order
from ocrweb.runtime.region import TextRegion

Box = tuple[float, float, float, float]


def region(box: Box, tilt: float = 0.0, number: int = 0) -> TextRegion:
    """A numbered box given as centre x, centre y, width, height; the whole page is turned about the origin by ``tilt`` degrees."""
    x, y, width, height = box
    turn = math.radians(tilt)
    centre = (x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn))
    return TextRegion(order_clockwise(cv2.boxPoints((centre, (width, height), tilt))), float(number))


RECEIPT: list[Box] = [
    (200, 20, 300, 30),
    (60, 70, 100, 20),
    (340, 74, 60, 18),
    (60, 110, 100, 20),
    (200, 106, 80, 20),
    (340, 112, 60, 30),
    (200, 160, 380, 24),
]
COLUMNS: list[Box] = [(100, 20, 150, 20), (400, 20, 150, 20), (100, 50, 150, 20), (400, 50, 150, 20)]
TALL_SEAL: list[Box] = [(60, 30, 100, 20), (60, 60, 100, 20), (300, 62, 60, 90), (60, 90, 100, 20)]


@pytest.mark.parametrize("tilt", [0, 4, -4, 15, -20])
@pytest.mark.parametrize("boxes", [RECEIPT, COLUMNS, TALL_SEAL], ids=["receipt", "columns", "tall-seal"])
def test_lines_from_the_top_and_words_from_the_left_however_tilted(boxes: list[Box], tilt: float) -> None:
    regions = [region(box, tilt, number) for number, box in enumerate(boxes)]
    shuffled = [regions[index] for index in np.random.default_rng(1).permutation(len(regions))]
    assert [item.score for item in reading_order(shuffled)] == list(range(len(boxes)))


@pytest.mark.parametrize("bend", [0.5, -0.5], ids=["down", "up"])
def test_a_bent_line_is_followed(bend: float) -> None:
    bent = [region((40 + 60 * i, 50 + bend * i * i, 50, 20), number=i) for i in range(9)]
    below = [region((40 + 60 * i, 90 + bend * i * i, 50, 20), number=9 + i) for i in range(9)]
    assert [item.score for item in reading_order((bent + below)[::-1])] == list(range(18))


def order_of(*boxes: Box, tilt: float = 0.0) -> list[float]:
    regions = [region(box, tilt, number) for number, box in enumerate(boxes)]
    return [item.score for item in reading_order(regions[::-1])]


def test_boxes_are_in_one_line_up_to_half_the_lower_ones_height() -> None:
    """Of heights 20 and 60 the 20 decides: 9 apart is one line, 10 apart is two."""
    right_and_higher = (200, 50, 80, 20)
    assert order_of((60, 59, 80, 20), right_and_higher) == [0, 1]
    assert order_of(right_and_higher, (60, 60, 80, 20)) == [0, 1]
    assert order_of((60, 59, 80, 60), right_and_higher) == [0, 1]
    assert order_of(right_and_higher, (60, 60, 80, 60)) == [0, 1]


@pytest.mark.parametrize(
    ("boxes", "tilt", "order"),
    [
        ([(180, 30, 110, 25), (30, 35, 30, 15), (150, 25, 60, 20)], 0, [2, 0, 1]),
        ([(160, 65, 30, 10), (110, 80, 30, 25), (140, 60, 60, 35)], 60, [2, 1, 0]),
        ([(30, 15, 80, 35), (60, 75, 80, 15), (140, 35, 70, 25)], -60, [0, 2, 1]),
        ([(160, 95, 50, 10), (110, 95, 50, 35)], -60, [0, 1]),
    ],
    ids=["near one member of the line, not another", "two lines that it fits", "a line closed by the largest box alone",
         "turned by 45 degrees at most"],
)  # fmt: skip
def test_small_pages_that_only_the_whole_rule_orders(boxes: list[Box], tilt: float, order: list[float]) -> None:
    assert order_of(*boxes, tilt=tilt) == order


def test_a_page_of_upright_writing_is_not_turned_by_more_than_45_degrees() -> None:
    quads = [(40, 40, 100, 20), (40, 80, 100, 20)]
    turned = [region(box, 80, number) for number, box in enumerate(quads)]
    assert [item.score for item in reading_order(turned)] == [item.score for item in reading_order(turned[::-1])]


@pytest.mark.parametrize("count", [0, 1])
def test_few_regions_stay_as_they_are(count: int) -> None:
    regions = [region((10, 10, 5, 5))] * count
    assert reading_order(regions) == regions


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 300), st.integers(0, 300), st.integers(3, 90), st.integers(3, 40)),
        min_size=2,
        max_size=25,
        unique=True,
    ),
    st.randoms(),
)
def test_the_order_of_the_input_does_not_matter(boxes: list[Box], random: object) -> None:
    regions = [region(box) for box in boxes]
    shuffled = list(regions)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = reading_order(regions), reading_order(shuffled)
    assert [item.quad.tolist() for item in first] == [item.quad.tolist() for item in second]
    assert {id(item) for item in first} == {id(item) for item in regions}


def test_a_page_of_single_characters_tells_no_tilt_and_is_read_as_it_lies() -> None:
    """No box is longer than high: nothing says how the page lies, and nothing is turned."""
    assert order_of((80, 20, 20, 20), (20, 22, 20, 20), (80, 60, 20, 20), (20, 62, 20, 20)) == [1, 0, 3, 2]
