"""Rules about boxes agree with geometry done another way, on every small quad and at their very borders."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely

from ocrweb.data.checks import label_box as box
from ocrweb.data.checks.label_line import LARGEST_COORDINATE

Points = list[tuple[float, float]]
RNG = np.random.default_rng(5)
SOME = np.concatenate([
    RNG.integers(0, 4, (3000, 4, 2)), RNG.integers(0, 60, (1500, 4, 2)),
    np.array([list(order) for order in itertools.permutations([(0, 0), (12, 1), (11, 6), (-1, 5)])]),
]).astype(float)  # fmt: skip


def quad(*numbers: float) -> np.ndarray:
    return np.array(numbers, float).reshape(1, 4, 2)


def shoelace(points: np.ndarray) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, np.roll(points, -1, axis=0), strict=True)) / 2


def cut(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> bool:
    """Whether two segments cross inside of both."""
    return bool(shapely.crosses(shapely.linestrings([a, b]), shapely.linestrings([c, d])))


def crosses(points: np.ndarray) -> bool:
    a, b, c, d = points
    hull = shapely.convex_hull(shapely.multipoints(points)).area
    return (cut(a, b, c, d) or cut(b, c, d, a)) and hull >= 1.0


def test_areas_are_those_of_the_shoelace_and_say_the_way_round() -> None:
    np.testing.assert_allclose(box.signed_area(SOME), [shoelace(one) for one in SOME])
    np.testing.assert_array_equal(box.is_counter_clockwise(SOME), [shoelace(one) < 0 for one in SOME])
    assert box.signed_area(quad(0, 0, 4, 0, 4, 2, 0, 2)).tolist() == [8.0]


def test_crossing_is_what_shapely_calls_so() -> None:
    np.testing.assert_array_equal(box.is_crossing(SOME), [crosses(one) for one in SOME])


def test_degenerate_is_without_a_square_pixel_unless_its_sides_cross() -> None:
    expected = [abs(shoelace(one)) < 1.0 and not crosses(one) for one in SOME]
    np.testing.assert_array_equal(box.is_degenerate(SOME), expected)
    for width, flat in ((1.0, False), (0.99, True)):
        assert box.is_degenerate(quad(0, 0, width, 0, width, 1, 0, 1)).tolist() == [flat]


def test_a_plain_box_breaks_no_rule_and_most_good_ones_are_plain() -> None:
    plain = box.is_plain(SOME)
    others = box.is_crossing(SOME) | box.is_degenerate(SOME) | box.is_counter_clockwise(SOME) | box.starts_oddly(SOME)
    assert not (plain & others).any()
    assert plain.sum() > 50
    for numbers, good in (
        ((0, 0, 4, 0, 4, 2, 0, 2), True), ((0, 0, 1, 0, 1, 1, 0, 1), True), ((0, 0, 1, 0, 0.9, 1, 0, 1), False),
        ((0, 0, 4, 4, 2, 6, -2, 2), False), ((0, 0, 5, 4, 3, 6, -2, 2), True), ((0, 0, 4, 0, 8, 0, 0, 2), False),
        ((0, 0, 0, 2, 4, 2, 4, 0), False),
    ):  # fmt: skip
        assert box.is_plain(quad(*numbers)).tolist() == [good], numbers


@pytest.mark.parametrize(("value", "usable"), [(LARGEST_COORDINATE, True), (-LARGEST_COORDINATE, True), (LARGEST_COORDINATE + 1, False)])  # fmt: skip
@pytest.mark.parametrize("place", range(8))
def test_every_coordinate_must_be_one_that_pictures_have(value: float, usable: bool, place: int) -> None:
    numbers = [0.0] * 8
    numbers[place] = value
    assert box.is_usable(quad(*numbers)).tolist() == [usable]


def turned(points: Points, start: int) -> np.ndarray:
    return np.array(points[start:] + points[:start], float)[None]


@pytest.mark.parametrize(
    ("points", "odd"),
    [
        ([(0, 0), (30, 0), (30, 20), (0, 20)], True),  # 1.5 times as wide as high
        ([(0, 0), (29, 0), (29, 20), (0, 20)], False),
        ([(0, 0), (20, 0), (20, 60), (0, 60)], False),
        ([(2, 0), (40, 2), (38, 20), (0, 18)], True),  # as crooked as a tenth of its height
        ([(2.1, 0), (40, 2), (38, 20), (0, 18)], False),
        ([(5, 0), (40, 10), (35, 25), (0, 15)], False),
    ],
)
def test_an_upright_wide_box_starts_oddly_from_each_corner_but_its_top_left(points: Points, odd: bool) -> None:
    assert [bool(box.starts_oddly(turned(points, start))[0]) for start in range(4)] == [False, odd, odd, odd]
    assert not any(box.starts_oddly(turned(points, start)[:, ::-1])[0] for start in range(4))


def test_what_is_odd_is_mended_by_starting_at_the_top_left() -> None:
    odd = SOME[box.starts_oddly(SOME)]
    assert len(odd) > 10
    mended = box.start_at_top_left(odd)
    assert not box.starts_oddly(mended).any()
    assert (mended[:, 0].sum(axis=1) == odd.sum(axis=2).min(axis=1)).all()
    np.testing.assert_allclose(box.signed_area(mended), box.signed_area(odd))


def test_the_first_of_equal_boxes_is_named_for_each_that_repeats_it() -> None:
    one, other = quad(0, 0, 4, 0, 4, 2, 0, 2)[0], quad(0, 0, 4, 0, 4, 2, 0, 3)[0]
    assert box.repeats(np.array([one, other, one, -0.0 * one + one, other, one[[1, 2, 3, 0]]])).tolist() == [-1, -1, 0, 0, 1, -1]  # fmt: skip
    assert box.repeats(np.zeros((0, 4, 2))).shape == (0,)
    zeros = np.zeros((2, 4, 2))
    zeros[1, 0, 0] = -0.0
    assert box.repeats(zeros).tolist() == [-1, 0]


@pytest.mark.parametrize(
    ("left", "top", "right", "bottom", "out", "outside"),
    [
        (0, 0, 64, 48, 0, False), (-3, 0, 10, 10, 3, False), (0, -2.5, 10, 10, 2.5, False), (50, 5, 70, 20, 6, False), (5, 40, 20, 50, 2, False),
        (-9, -4, 70, 49, 9, False), (-20, 5, 0, 20, 20, True), (5, -20, 20, -1, 20, True), (64, 5, 70, 20, 6, True), (5, 48, 20, 60, 12, True),
        (63, 5, 70, 20, 6, False), (-20, 5, 1, 20, 20, False), (0, 0, 0, 10, 0, False), (64, 0, 64, 10, 0, False),
    ],
)  # fmt: skip
def test_how_far_a_box_sticks_out_and_whether_it_lies_outside(
    left: float, top: float, right: float, bottom: float, out: float, outside: bool
) -> None:
    one = quad(left, top, right, top, right, bottom, left, bottom)
    found = box.overhang(np.concatenate([quad(1, 1, 9, 1, 9, 9, 1, 9), one]), (64, 48))
    assert [part.tolist() for part in found] == [[0, out], [False, outside]]
    unknown = box.overhang(one, None)
    assert unknown[0].tolist() == [max(0, -left, -top)]
    assert unknown[1].tolist() == [(right <= 0 and left < 0) or (bottom <= 0 and top < 0)]


def test_untangled_corners_run_clockwise_from_the_top_left_without_crossing() -> None:
    mended = box.untangle(SOME[box.is_crossing(SOME)])
    assert len(mended) > 50
    assert not box.is_crossing(mended).any()
    assert (box.signed_area(mended) > 0).all()
    assert (mended[:, 0].sum(axis=1) == mended.sum(axis=2).min(axis=1)).all()
    bow = quad(0, 0, 10, 8, 10, 0, 0, 8)
    assert box.untangle(bow)[0].tolist() == [[0, 0], [10, 0], [10, 8], [0, 8]]


def test_clockwise_turns_only_what_runs_the_other_way_and_keeps_its_start() -> None:
    found = box.clockwise(SOME)
    assert (box.signed_area(found) >= 0).all()
    np.testing.assert_array_equal(found[:, 0], SOME[:, 0])
    right = box.signed_area(SOME) >= 0
    np.testing.assert_array_equal(found[right], SOME[right])
    np.testing.assert_array_equal(found[~right], SOME[~right][:, [0, 3, 2, 1]])
