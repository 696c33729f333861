"""The metric is PaddleOCR's: `golden/metric.json` holds 20 pictures evaluated with its own code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrweb.evaluation.matching import match, overlaps
from ocrweb.evaluation.metric import DetectionMetric, score

GOLDEN = json.loads((Path(__file__).parent.parent / "golden" / "metric.json").read_text())


def polygons(flat: list[list[float]]) -> list[np.ndarray]:
    return [np.array(values, dtype=np.float64).reshape(-1, 2) for values in flat]


def arguments(case: dict[str, Any]) -> tuple[list[np.ndarray], list[bool], list[np.ndarray]]:
    labels = polygons(case["labels"])
    return labels, [index in case["ignored"] for index in range(len(labels))], polygons(case["detections"])


def box(x: float, y: float, width: float = 10, height: float = 10) -> np.ndarray:
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], dtype=np.float64)


@pytest.mark.parametrize("case", GOLDEN["images"], ids=lambda case: case["name"])
def test_counts_of_a_picture_equal_paddleocr(case: dict[str, Any]) -> None:
    found = match(*arguments(case))
    assert [len(found.pairs), found.labels, found.detections] == case["expected"]


def test_totals_equal_paddleocr() -> None:
    metric = DetectionMetric()
    for case in GOLDEN["images"]:
        found = metric.update(*arguments(case))
        assert [len(found.pairs), found.labels, found.detections] == case["expected"]
    summary, totals = metric.summary(), GOLDEN["totals"]
    assert (summary.matched, summary.detections, summary.labels) == (769, 1010, 1036)
    assert summary.pictures == 20
    for name in ("precision", "recall", "hmean"):
        assert getattr(summary, name) == pytest.approx(totals[name], abs=1e-12)


def test_reset_forgets_what_was_added() -> None:
    metric = DetectionMetric()
    metric.update([box(0, 0)], [False], [box(0, 0)])
    metric.reset()
    assert metric.summary() == score(0, 0, 0, 0)


def test_an_iou_of_exactly_one_half_is_no_match() -> None:
    assert match([box(0, 0, 10, 10)], [False], [box(0, 0, 20, 10)]).pairs == ()
    assert match([box(0, 0, 10, 10)], [False], [box(0, 0, 19.9, 10)]).pairs == ((0, 0),)


def test_a_label_takes_one_detection_and_the_second_is_a_false_alarm() -> None:
    found = match([box(0, 0)], [False], [box(0, 0), box(0, 1)])
    assert (found.pairs, found.false_alarms) == (((0, 0),), (1,))


def test_a_detection_inside_an_ignored_label_counts_neither_way() -> None:
    found = match([box(0, 0, 100, 100), box(200, 0)], [True, False], [box(5, 5), box(200, 0), box(96, 0)])
    assert (found.pairs, found.missed, found.false_alarms) == (((1, 1),), (), (2,))


def test_a_detection_of_which_exactly_half_is_ignored_counts() -> None:
    assert match([box(0, 0, 100, 100)], [True], [box(-5, 0)]).false_alarms == (0,)
    assert match([box(0, 0, 100, 100)], [True], [box(-4.9, 0)]).false_alarms == ()


@pytest.mark.parametrize(
    "broken",
    [np.array([[0, 0], [10, 10], [10, 0], [0, 10]]), np.zeros((4, 2)), np.zeros((2, 2)), np.zeros((0, 2))],
    ids=["bowtie", "all points equal", "two points", "no points"],
)
def test_a_broken_polygon_is_left_out(broken: np.ndarray) -> None:
    assert match([box(50, 50), broken], [False, False], [box(50, 50)]).labels == 1
    assert match([box(50, 50)], [False], [broken, box(50, 50)]).detections == 1


def test_polygons_of_different_lengths_match_each_other() -> None:
    outline = np.array([[0, 0], [5, 0], [10, 0], [10, 10], [5, 10], [0, 10]], dtype=np.float64)
    assert match([outline, box(50, 0)], [False, False], [box(50, 0), box(0, 0)]).pairs == ((0, 1), (1, 0))


def test_leaving_out_detections_equals_not_having_made_them() -> None:
    labels, ignored, detections = arguments(GOLDEN["images"][3])
    keep = np.arange(len(detections)) % 3 != 0
    whole = overlaps(labels, ignored, detections).match(keep)
    part = match(labels, ignored, [d for d, kept in zip(detections, keep, strict=True) if kept])
    assert (len(whole.pairs), whole.labels, whole.detections) == (len(part.pairs), part.labels, part.detections)
