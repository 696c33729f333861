"""A person's way of labelling is found in what they made of the pictures."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrweb.config.detection import DecodeOptions
from ocrweb.data.sample import LabelledBox, Sample
from ocrweb.evaluation.sweep import JudgedMap
from ocrweb.evaluation.way import fit_way, nearness
from ocrweb.runtime.decode import decode
from ocrweb.runtime.page import PageTransform

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
