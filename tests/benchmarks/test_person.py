"""A simulated person who corrects a model's labels: what each fault costs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import labels
from benchmarks.labelling.person import Actions, Person
from ocrweb.config.detection import DecodeOptions
from ocrweb.data.sample import LabelledBox, Sample
from ocrweb.evaluation.sweep import JudgedMap
from ocrweb.runtime.decode import decode
from ocrweb.runtime.transform import PageTransform

USUAL = DecodeOptions(threshold=0.3, box_threshold=0.5, unclip_ratio=1.5)
PAGE = PageTransform(400, 200, 400, 200, 400, 200, 1.0, 1.0)
FIRST, SECOND, WEAK = (20, 20, 120, 32, 0.9), (140, 20, 240, 32, 0.9), (20, 80, 120, 92, 0.2)
JOINED = (20, 20, 240, 32, 0.9)


def seen(*kernels: tuple[int, int, int, int, float]) -> np.ndarray:
    visible = np.zeros((200, 400), np.float32)
    for left, top, right, bottom, sure in kernels:
        visible[top:bottom, left:right] = sure
    return visible


def boxes(visible: np.ndarray, ignored: bool = False) -> tuple[LabelledBox, ...]:
    weakest = USUAL.model_copy(update={"threshold": 0.1, "box_threshold": 0.1})
    return tuple(LabelledBox(region.quad, "text", ignored) for region in decode(visible, PAGE, weakest))


def actions_for(visible: np.ndarray, truth: tuple[LabelledBox, ...]) -> Actions:
    return Person().work([JudgedMap(Sample(Path("x.png"), None, truth), visible, PAGE)], USUAL)


@pytest.mark.parametrize(
    ("visible", "truth", "cost"),
    [
        (seen(FIRST, SECOND), boxes(seen(FIRST, SECOND)), {}),
        (seen(FIRST, WEAK), boxes(seen(FIRST, WEAK)), {"clicks": 1}),
        (seen(FIRST), boxes(seen(FIRST, SECOND)), {"clicks": 1, "drags": 1}),
        (seen(JOINED), boxes(seen(FIRST, SECOND)), {"splits": 1}),
        (seen(FIRST, SECOND), boxes(seen(JOINED)), {"joins": 1}),
        (seen(FIRST, SECOND), boxes(seen(FIRST)), {"deletes": 1}),
        (seen(FIRST, SECOND), (*boxes(seen(FIRST)), *boxes(seen(SECOND), ignored=True)), {}),
    ],
    ids=["right already", "missed", "seen by nobody", "two in one", "one in two", "on nothing", "ignored"],
)
def test_what_a_fault_costs(visible: np.ndarray, truth: tuple[LabelledBox, ...], cost: dict[str, int]) -> None:
    found = actions_for(visible, truth)
    named = ("clicks", "drags", "splits", "joins", "deletes")
    assert {name: getattr(found, name) for name in named if getattr(found, name)} == cost
    assert found.boxes == sum(not box.ignore for box in truth)
    assert found.accepts == 1


def test_who_corrects_nothing_needs_a_key_a_picture() -> None:
    """And one for the tool at the first picture."""
    found = actions_for(seen(FIRST, SECOND), boxes(seen(FIRST, SECOND)))
    assert (found.total, found.untouched) == (2, 2)
    assert found.ratio == found.of_drags == pytest.approx(2 / 3)


def test_a_tilted_text_takes_four_clicks_with_and_without_help() -> None:
    tilted = LabelledBox(np.array([[40, 100], [140, 150], [132, 166], [32, 116]], np.float32), "text", False)
    found = actions_for(seen(FIRST), (*boxes(seen(FIRST)), tilted))
    assert (found.boxes, found.by_hand, found.corners, found.drags) == (2, 5, 4, 0)


@pytest.mark.parametrize(("end", "deletes"), [(200, 0), (380, 1)], ids=["drawn over", "far longer than its text"])
def test_a_wrong_box_goes_with_what_is_drawn_over_it_or_by_a_click(end: int, deletes: int) -> None:
    found = actions_for(seen((20, 20, end, 60, 0.9)), boxes(seen((20, 20, 100, 60, 0.9))))
    assert (found.drags, found.deletes, found.sliders, found.splits) == (1, deletes, 0, 0)


def test_boxes_on_nothing_are_swept_away_together_where_no_true_one_lies_between() -> None:
    three = seen((20, 20, 80, 32, 0.9), (150, 20, 210, 32, 0.9), (280, 20, 340, 32, 0.9))
    assert actions_for(three, ()).deletes == 1
    assert actions_for(three, boxes(three)[1:2]).deletes == 2


def test_who_has_a_model_learn_clicks_twice_and_goes_on_with_its_boxes() -> None:
    truth, person = boxes(seen(FIRST, SECOND)), Person()
    pictures = [
        JudgedMap(Sample(Path("x.png"), None, truth), visible, PAGE) for visible in (seen(FIRST), seen(FIRST, SECOND))
    ]
    worse = person.work(pictures[:1] * 5, USUAL)
    assert person.way is not None
    assert (worse.learn, worse.untouched) == (0, 5)
    better = person.work(pictures[1:] * 5, USUAL)
    assert (better.learn, better.untouched, better.accepts) == (2, 15, 10)


def test_each_sitting_has_the_model_that_learnt_from_those_before() -> None:
    given = labels.parse(
        ["x", "--person", "--pictures", "90", "--learn", "60:second", "--learn", "20:first", "--model", "base"]
    )
    assert list(labels.sittings(given)) == [("base", 0, 20), ("first", 20, 40), ("second", 60, 30)]
    given = labels.parse(["x", "--person", "--after", "60", "--learn", "40:run"])
    assert list(labels.sittings(given)) == [("ppocrv6-small", 60, 40), ("run", 100, None)]
