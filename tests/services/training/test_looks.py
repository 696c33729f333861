"""What a proof tells of a picture is what the matching found, and comes back as it was kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrweb.data.sample import LabelledBox, Sample
from ocrweb.evaluation.gallery import Judgement
from ocrweb.evaluation.matching import match
from ocrweb.services.training.looks import Look, judged_boxes, look_from, name_in


def quad(left: int, top: int) -> np.ndarray:
    return np.array([[left, top], [left + 40, top], [left + 40, top + 10], [left, top + 10]], np.float32)


def judgement() -> Judgement:
    boxes = (
        LabelledBox(quad(0, 0), "a", False),
        LabelledBox(quad(0, 50), "b", False),
        LabelledBox(quad(0, 80), "###", True),
    )
    detections = (quad(0, 0), quad(100, 50))
    found = match([box.points for box in boxes], [box.ignore for box in boxes], detections)
    return Judgement(Sample(Path("/data/train_images/1.png"), Path("/data/train_gts/1.txt"), boxes), detections, found)


def test_labels_misses_and_false_alarms_are_told_apart() -> None:
    boxes = judged_boxes(judgement())
    assert [box.kind for box in boxes] == ["label", "missed", "ignored", "detection", "alarm"]
    assert boxes[1].points == ((0.0, 50.0), (40.0, 50.0), (40.0, 60.0), (0.0, 60.0))


def test_a_look_comes_back_as_it_was_kept() -> None:
    boxes = judged_boxes(judgement())
    name = name_in(Path("/data"), judgement().sample)
    for other in (None, ("base", boxes[:2])):
        look = Look(name, "mine", boxes, other)
        assert look_from(look.to_dict()) == look
    assert name == "train_images/1.png"
    assert name_in(Path("/elsewhere"), judgement().sample) == ""


@pytest.mark.parametrize(
    "document",
    [None, [], {"picture": "a", "name": "b", "other": None}, {"picture": "a", "name": "b", "boxes": [["?", [], 1]], "other": None}],
    ids=str,
)  # fmt: skip
def test_what_is_no_look_is_none(document: Any) -> None:
    assert look_from(document) is None
