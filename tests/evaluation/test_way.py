"""A person's way of labelling is found in what they made of the pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
import shapely

from ocrweb.config.detection import DecodeOptions
from ocrweb.data.sample import LabelledBox, Sample
from ocrweb.evaluation import way as way_module
from ocrweb.evaluation.sweep import JudgedMap
from ocrweb.evaluation.way import (
    Way,
    _are_upright,
    _frame,
    _overlap,
    _paired,
    _sides,
    fit_way,
    latest,
    learn_way,
    nearness,
)
from ocrweb.runtime.decode import decode
from ocrweb.runtime.transform import PageTransform
from ocrweb.runtime.words import join_words

USUAL = DecodeOptions(threshold=0.3, box_threshold=0.6, unclip_ratio=1.5)
PAGE = PageTransform(400, 200, 400, 200, 400, 200, 1.0, 1.0)


def map_of(number: int) -> np.ndarray:
    """Three lines of two words each; the space between them is weaker."""
    visible = np.zeros((200, 400), np.float32)
    for row in range(3):
        top, end = 20 + 60 * row, 200 + 10 * number
        visible[top : top + 12, 40:120] = 0.9
        visible[top : top + 12, 120:132] = 0.25
        visible[top : top + 12, 132:end] = 0.9
    return cv2.GaussianBlur(visible, (3, 3), 0)


def corrected(way: DecodeOptions) -> list[JudgedMap]:
    """Pictures whose labels somebody of this way has drawn."""
    judged = []
    for number in range(5):
        boxes = tuple(LabelledBox(region.quad, "text", False) for region in decode(map_of(number), PAGE, way))
        judged.append(JudgedMap(Sample(Path("x.png"), None, boxes), map_of(number), PAGE))
    return judged


@pytest.mark.parametrize(
    "way",
    [{"unclip_ratio": 1.0}, {"unclip_ratio": 2.3}, {"threshold": 0.15, "box_threshold": 0.5}, {}],
    ids=["tight", "loose", "lines in place of words", "the usual one"],
)
def test_the_settings_follow_the_person(way: dict[str, float]) -> None:
    theirs = USUAL.model_copy(update=way)
    judged = corrected(theirs)
    found = fit_way(judged, USUAL)
    assert nearness(judged, found) > 0.93  # detections come in whole pixels
    assert [len(decode(map_of(0), PAGE, found))] == [len(decode(map_of(0), PAGE, theirs))]
    assert nearness(judged, found) >= nearness(judged, USUAL)
    if not way:
        assert found == USUAL


def test_nothing_to_learn_from_changes_nothing() -> None:
    assert fit_way([], USUAL) == USUAL


def test_what_lies_in_an_ignored_box_counts_neither_way() -> None:
    judged = corrected(USUAL)
    ignored = [
        JudgedMap(
            Sample(Path("x.png"), None, tuple(LabelledBox(box.points, "###", True) for box in one.sample.boxes)),
            one.map,
            PAGE,
        )
        for one in judged
    ]
    assert nearness(ignored, USUAL) == 0.0
    assert nearness([*judged, *ignored], USUAL) == pytest.approx(nearness(judged, USUAL))


def redrawn(change: Callable[[np.ndarray], np.ndarray]) -> list[JudgedMap]:
    """Corrected pictures whose boxes somebody draws otherwise than any setting would."""
    found = []
    for one in corrected(USUAL):
        boxes = tuple(LabelledBox(change(box.points), "text", False) for box in one.sample.boxes)
        found.append(JudgedMap(Sample(Path("x.png"), None, boxes), one.map, PAGE))
    return found


def test_more_room_at_a_side_is_learnt_for_that_side() -> None:
    judged = redrawn(lambda points: points + np.array([[-8, 0], [0, 0], [0, 0], [-8, 0]], np.float32))
    way = learn_way(judged, USUAL)
    quad = decode(map_of(9), PAGE, way.options)[0].quad
    left, right = (way.shaped(quad) - quad)[:, 0][[0, 1]]
    assert -10 < left < -5
    assert abs(right) < 2


@pytest.mark.parametrize(
    "tried",
    [way_module.THRESHOLDS, way_module.UNCLIP_RATIOS, way_module.BOX_THRESHOLDS, way_module.WORDS, way_module.LINES],
)
def test_settings_are_tried_from_the_least_to_the_most_each_near_the_one_before(tried: tuple[float, ...]) -> None:
    steps = [after / before for before, after in pairwise(tried)]
    assert all(1 < step <= 2.01 for step in steps)


def words_of(numbers: range) -> list[JudgedMap]:
    """Pictures of two words a line, which the map shows as one, corrected by who draws words."""
    judged = []
    for number in numbers:
        gray = np.full((200, 400), 230, np.uint8)
        visible = np.zeros((200, 400), np.float32)
        boxes = []
        for row in range(3):
            top, x = 20 + 60 * row, 40
            for letters in (4 + number % 3, 5):
                start = x
                for _ in range(letters):
                    gray[top : top + 20, x : x + 9] = 30
                    x += 12
                corners = np.array([[start, top], [x - 3, top], [x - 3, top + 20], [start, top + 20]], np.float32)
                boxes.append(LabelledBox(corners, "text", False))
                x += 10
            visible[top + 4 : top + 16, 44 : x - 17] = 0.95
        judged.append(JudgedMap(Sample(Path("x.png"), None, tuple(boxes)), visible, PAGE, gray=gray))
    return judged


def test_who_draws_words_is_given_words() -> None:
    way = learn_way(words_of(range(5)), USUAL)
    assert way.words
    (other,) = words_of(range(5, 6))
    found = way.drawn([region.quad for region in decode(other.map, PAGE, way.options)], other.gray)
    assert len(found) == 6
    for box in other.sample.boxes:
        assert min(np.abs(box.points - quad).max() for quad in found) < 4
    assert learn_way([replace(one, gray=None) for one in words_of(range(5))], USUAL).words == 0


def test_who_draws_lines_is_given_lines() -> None:
    apart = corrected(USUAL)
    lines = redrawn(lambda points: points)
    for one in lines:
        boxes = one.sample.boxes
        rows = [[box.points for box in boxes if top - 20 < box.points[0][1] < top + 20] for top in (20, 80, 140)]
        assert [len(row) for row in rows] == [2, 2, 2]
    drawn = [
        replace(one, sample=replace(one.sample, boxes=tuple(
            LabelledBox(quad.astype(np.float32), "text", False) for quad in join_words([box.points for box in one.sample.boxes], 1.0)
        )))
        for one in apart
    ]  # fmt: skip
    way = learn_way(drawn, USUAL.model_copy(update={"threshold": 0.3}))
    (first, *_) = drawn
    found = way.drawn([region.quad for region in decode(first.map, PAGE, way.options)], None)
    assert len(found) == 3


def test_who_never_turns_a_box_is_given_upright_ones() -> None:
    turned = np.array([[10, 14], [90, 10], [92, 30], [12, 34]], np.float32)
    assert learn_way(corrected(USUAL), USUAL).upright
    assert np.array_equal(Way(USUAL, upright=True).shaped(turned), [[10, 10], [92, 10], [92, 34], [10, 34]])
    slanted = redrawn(lambda points: points + np.array([[0, 6], [0, 0], [0, 0], [0, 6]], np.float32))
    assert not learn_way(slanted, USUAL).upright


def test_a_box_stays_as_it_is_found_where_nothing_was_learnt() -> None:
    turned = np.array([[10, 14], [90, 10], [92, 30], [12, 34]], np.float32)
    assert np.allclose(Way(USUAL).shaped(turned), turned, atol=0.1)
    tiny = np.array([[10, 10], [12, 10], [12, 12], [10, 12]], np.float32)
    assert np.array_equal(Way(USUAL, margins=(-0.4, -0.4, -0.4, -0.4)).shaped(tiny), tiny)


FLAT = np.array([[10, 10], [110, 10], [110, 30], [10, 30]], np.float64)


@pytest.mark.parametrize(
    ("iou", "total"),
    [
        (np.zeros((0, 3)), 0.0), (np.zeros((2, 2)), 0.0), (np.array([[0.9, 0.8], [0.7, 0.1]]), 1.0), (np.array([[0.5, 0.6]]), 0.6),
        (np.array([[0.5], [0.6]]), 0.6), (np.array([[0.5, 0.0], [0.0, 0.4]]), 0.9),
    ],
)  # fmt: skip
def test_pairs_are_made_once_those_that_overlap_most_first(iou: np.ndarray, total: float) -> None:
    assert _paired(iou.copy()) == pytest.approx(total)


def test_overlaps_are_shares_of_the_union_and_of_the_detection() -> None:
    labels, found = (np.array([shapely.box(*corners)]) for corners in ((0, 0, 10, 10), (5, 0, 15, 20)))
    iou, inside = _overlap(labels, found)
    assert (iou.item(), inside.item()) == (pytest.approx(50 / 250), pytest.approx(50 / 200))
    for one, other in ((labels, found[:0]), (labels[:0], found)):
        assert [array.shape for array in _overlap(one, other)] == [(len(one), len(other))] * 2


@pytest.mark.parametrize(
    ("turned", "straight", "upright"),
    [(0, 0, False), (0, 10, True), (1, 9, True), (2, 8, False), (10, 0, False)],
)
def test_boxes_are_upright_when_nearly_all_are(turned: int, straight: int, upright: bool) -> None:
    askew = FLAT + np.array([[0, 3], [0, 0], [0, 0], [0, 3]])
    by_a_pixel = FLAT + np.array([[0, 1], [0, 0], [1, 0], [0, 1]])
    assert _are_upright([askew] * turned + [by_a_pixel] * straight) is upright


@pytest.mark.parametrize("turned", [0.0, 0.5])
def test_margins_are_in_heights_a_side_each(turned: float) -> None:
    turn = np.array([[np.cos(turned), np.sin(turned)], [-np.sin(turned), np.cos(turned)]])
    shaped = Way(USUAL, margins=(0.1, 0.2, -0.1, 0.4)).shaped((FLAT @ turn).astype(np.float32))
    grown = np.array([[8, 12], [114, 12], [114, 38], [8, 38]]) @ turn
    np.testing.assert_allclose(shaped, grown, atol=1e-3)
    corner, axes, size = _frame((FLAT @ turn).astype(np.float32), upright=False)
    np.testing.assert_allclose(corner, [10, 10] @ turn, atol=1e-4)
    np.testing.assert_allclose(axes, turn, atol=1e-5)
    np.testing.assert_allclose(size, [100, 20], atol=1e-4)


def page_with(labels: list[np.ndarray], found: list[np.ndarray], ignored: bool = False) -> JudgedMap:
    boxes = tuple(LabelledBox(points.astype(np.float32), "a", ignored) for points in labels)
    page = JudgedMap(Sample(Path("x.png"), None, boxes), map_of(0), PAGE)
    return Told(page.sample, page.map, page.page, found=tuple(found))


@dataclass(frozen=True, slots=True, eq=False)
class Told(JudgedMap):
    """A page on which these boxes are found, whatever the settings."""

    found: tuple[np.ndarray, ...] = ()

    def regions(self, options: DecodeOptions) -> tuple[list[np.ndarray], np.ndarray]:
        return list(self.found), np.full(len(self.found), 0.9)


def test_sides_are_told_of_boxes_that_are_plainly_one_text_alone() -> None:
    label = FLAT + np.array([[-4, -2], [6, -2], [6, 8], [-4, 8]])
    far, half = FLAT + 500, FLAT + np.array([50, 0])
    (sides,) = _sides(page_with([label], [FLAT, far]), Way(USUAL))
    np.testing.assert_allclose(sides, [0.2, 0.3, 0.1, 0.4])
    for labels, found in (([label], []), ([], [FLAT]), ([far], [FLAT]), ([half], [FLAT])):
        assert _sides(page_with(labels, found), Way(USUAL)) == []
    assert _sides(page_with([label], [FLAT], ignored=True), Way(USUAL)) == []


@pytest.mark.parametrize(("pairs", "learnt"), [(11, False), (12, True)])
def test_sides_are_learnt_of_a_dozen_pairs_and_the_middle_counts(pairs: int, learnt: bool) -> None:
    rows = [np.array([0, 100 * number]) for number in range(pairs)]
    labels = [FLAT + row + np.array([[-2, 0], [0, 0], [0, 0], [-2, 0]]) for row in rows]
    labels[0] = labels[0] + np.array([[-20, 0], [0, 0], [0, 0], [-20, 0]])  # one slip of the hand
    way = learn_way([page_with(labels, [FLAT + row for row in rows])], USUAL)
    assert way.margins == ((0.1, 0.0, 0.0, 0.0) if learnt else (0.0, 0.0, 0.0, 0.0))
    assert way.upright
    assert (way.words, way.lines) == (0.0, 0.0)


@pytest.mark.parametrize(("pixels", "margin"), [(-30, 0.6), (-10, 0.5), (6, -0.3), (12, -0.4)])
def test_a_side_moves_by_six_tenths_of_a_height_outwards_at_most_and_four_inwards(pixels: float, margin: float) -> None:
    rows = [FLAT + np.array([0, 100 * number]) for number in range(12)]
    labels = [row + np.array([[pixels, 0], [0, 0], [0, 0], [pixels, 0]]) for row in rows]
    assert learn_way([page_with(labels, rows)], USUAL).margins == (margin, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("boxes", "count"),
    [([50] * 10, 5), ([10] * 15, 12), ([4] * 30, 20), ([4] * 7, 7), ([0] * 9 + [200], 5), ([200] * 9 + [0] * 6, 7), ([], 0)],
)  # fmt: skip
def test_as_many_of_the_latest_pictures_tell_a_way_as_hold_enough_boxes(boxes: list[int], count: int) -> None:
    assert latest(boxes) == count
