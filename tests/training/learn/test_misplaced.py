"""Labels that do not lie on what a network sees, and how they would, are told with both figures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ocrweb.config.detection import DecodeOptions
from ocrweb.data.sample import Sample
from ocrweb.training.learn import evaluate
from ocrweb.training.learn.evaluate import judge_each, look_at_labels
from tests.training.learn.test_one_way import RULE, Dark, drawn

HEIGHT = 640


def labelled(sample: Sample, *, from_bottom: bool) -> Sample:
    """With bars in the upper part alone, as a page that ends early."""
    boxes = sample.boxes[: len(sample.boxes) // 2]
    if from_bottom:
        boxes = tuple(replace(box, points=box.points * (1, -1) + np.float32([0, HEIGHT])) for box in boxes)
    return replace(sample, boxes=boxes)


@pytest.fixture
def pages(tmp_path: Path) -> list[Sample]:
    return [drawn(tmp_path / f"{line}.png", 500, HEIGHT, line) for line in (11, 14)]


def test_the_frame_is_named_with_the_score_as_it_is_and_as_it_would_be(pages: list[Sample]) -> None:
    found = look_at_labels(Dark(), [labelled(page, from_bottom=True) for page in pages], RULE, 0.5)
    assert found is not None
    assert found.frame.name == "from-bottom"
    assert found.now < 0.2
    assert found.there == pytest.approx(2 / 3, abs=0.05)  # half of what is seen is labelled


def test_labels_on_their_text_and_pictures_without_any_are_not_misplaced(pages: list[Sample]) -> None:
    assert look_at_labels(Dark(), [labelled(page, from_bottom=False) for page in pages], RULE, 0.5) is None
    assert look_at_labels(Dark(), [replace(page, boxes=()) for page in pages], RULE, 0.5) is None
    assert look_at_labels(Dark(), [], RULE, 0.5) is None


def test_after_a_run_they_are_counted_in_that_frame_too(pages: list[Sample]) -> None:
    _, counted = judge_each(Dark(), [labelled(page, from_bottom=True) for page in pages], RULE, DecodeOptions())
    assert counted.near is not None
    assert counted.moved is not None
    assert counted.near[:, 0].sum() < 3
    assert counted.moved[:, 0].tolist() == [len(page.boxes) // 2 for page in pages]


def test_labels_that_fit_are_not_held_against_every_frame(pages: list[Sample], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(evaluate, "best_frame", lambda *given: asked.append(given))
    judge_each(Dark(), pages, RULE, DecodeOptions())
    assert asked == []
    judge_each(Dark(), [labelled(page, from_bottom=True) for page in pages], RULE, DecodeOptions())
    assert len(asked) == 1
