"""A person's way of labelling is found in what they made of the pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrweb.config.detection import DecodeOptions
from ocrweb.data.sample import LabelledBox, Sample
from ocrweb.evaluation.sweep import JudgedMap
from ocrweb.evaluation.way import Way, fit_way, learn_way, nearness
from ocrweb.runtime.decode import decode
from ocrweb.runtime.transform import PageTransform

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
