"""What a network is judged by: each picture's own counts, at each of the settings, whoever shares the work."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from paddle import nn

from ocrweb.config.detection import DecodeOptions
from ocrweb.evaluation.outcome import interval
from ocrweb.evaluation.sweep import COARSE, USUAL, JudgedMap
from ocrweb.training.learn import evaluate
from ocrweb.training.learn.evaluate import FIXED, Evaluator, count_each, judge_each
from ocrweb.training.machine.distributed import Group
from tests.evaluation.drawn_maps import box, judged

MODEL, RULE = nn.Linear(1, 1), None
LOW = DecodeOptions(threshold=0.3, box_threshold=0.4)
PAGES = [
    judged([(box(20, 20), 0.9), (box(20, 80), 0.55)], []),
    judged([(box(40, 30), 0.52)], [(box(180, 60), 0.5), (box(180, 150), 0.95)]),
    judged([(box(30, 40), 0.9), (box(30, 120), 0.9), (box(170, 200), 0.9)], []),
]


@pytest.fixture(autouse=True)
def maps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network's answers; samples are the numbers of `PAGES`."""

    def answers(model: nn.Layer, samples: Sequence[int], rule: object) -> Iterator[JudgedMap]:
        yield from (PAGES[number] for number in samples)

    monkeypatch.setattr(evaluate, "network_maps", answers)


def test_each_picture_counts_for_itself_at_each_of_the_settings() -> None:
    usual, low = count_each(MODEL, [0, 1, 2], RULE, [USUAL, LOW])  # type: ignore[list-item, arg-type]
    assert usual.tolist() == [[1, 2, 1], [0, 1, 1], [3, 3, 3]]
    assert low.tolist() == [[2, 2, 2], [1, 1, 3], [3, 3, 3]]


def test_no_pictures_have_no_counts() -> None:
    assert [rows.shape for rows in count_each(MODEL, [], RULE, [USUAL, LOW])] == [(0, 3), (0, 3)]  # type: ignore[arg-type]


def test_the_best_thresholds_are_judged_beside_the_usual_and_the_given_ones() -> None:
    found, counted = judge_each(MODEL, [0, 1, 2], RULE, LOW)  # type: ignore[list-item, arg-type]
    usual, given = count_each(MODEL, [0, 1, 2], RULE, [USUAL, LOW])  # type: ignore[list-item, arg-type]
    (own,) = count_each(MODEL, [0, 1, 2], RULE, [found.choice.options])  # type: ignore[list-item, arg-type]
    np.testing.assert_array_equal(counted.own, own)
    np.testing.assert_array_equal(counted.usual, usual)
    np.testing.assert_array_equal(counted.given, given)
    assert (found.usual.matched, found.usual.labels, found.usual.detections) == (4, 6, 5)
    assert found.choice.score.hmean > found.usual.hmean


def test_the_labels_of_the_picture_before_are_those_that_must_not_fit() -> None:
    _, counted = judge_each(MODEL, [0, 1, 2], RULE, LOW)  # type: ignore[list-item, arg-type]
    assert counted.near is not None
    assert counted.others is not None
    assert counted.near[:, :2].tolist() == [[2, 2], [1, 1], [3, 3]]
    assert counted.others[:, 1].tolist() == [3, 2, 1]
    assert counted.others[:, 0].sum() == 0


def test_two_pictures_are_compared_with_each_other() -> None:
    _, counted = judge_each(MODEL, [0, 1], RULE, LOW)  # type: ignore[list-item, arg-type]
    assert counted.others is not None
    assert counted.others[:, 1].tolist() == [1, 2]


def test_one_picture_has_no_other_one_to_be_compared_with() -> None:
    _, counted = judge_each(MODEL, [0], RULE, LOW)  # type: ignore[list-item, arg-type]
    assert counted.others is None


@dataclass
class OneOfTwo:
    """The first of two processes. other: the counts of the second, as they are asked for."""

    other: list[np.ndarray]

    def share(self, count: int) -> range:
        return range(0, count, 2)

    def sum_array(self, array: np.ndarray) -> np.ndarray:
        return array + self.other.pop(0)


@pytest.mark.parametrize("grid", [FIXED, COARSE], ids=["fixed", "coarse"])
def test_processes_that_share_the_pictures_give_the_answer_of_one(grid: evaluate.Grid) -> None:
    alone, seen = Evaluator([0, 1, 2], RULE, Group()), itertools.count()  # type: ignore[list-item, arg-type]
    whole = alone.evaluate(MODEL, grid)
    second = Evaluator([1], RULE, Group())  # type: ignore[list-item, arg-type]
    theirs: list[np.ndarray] = []
    for one in (grid, FIXED):
        counts = evaluate.GridCounts(one)
        counts.add(1, PAGES[1])
        theirs.append(counts.parts)
    assert second.evaluate(MODEL, grid) != whole
    shared = Evaluator([0, 1, 2], RULE, OneOfTwo(theirs), lambda: next(seen))  # type: ignore[list-item, arg-type]
    assert shared.evaluate(MODEL, grid) == whole
    assert next(seen) == 2


def test_what_was_measured_without_a_choice_has_an_interval_of_the_parts_that_have_pictures() -> None:
    counts = evaluate.GridCounts(FIXED)
    for number in (0, 1, 2):
        counts.add(number, PAGES[number])
    fixed = Evaluator([0, 1, 2], RULE, Group()).evaluate(MODEL, FIXED)  # type: ignore[list-item, arg-type]
    assert fixed.between == interval(counts.parts[:3, 0, 0, 0, :3])
    assert fixed.between is not None
    assert fixed.between[0] < fixed.choice.score.hmean < fixed.between[1]
    assert Evaluator([0, 1, 2], RULE, Group()).evaluate(MODEL, COARSE).between is None  # type: ignore[list-item, arg-type]


def test_what_it_fails_on_is_told_by_groups_that_any_text_is_in_and_pictures_by_their_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One text of two is found, and a large thing is none; each picture is read once."""
    page = judged([(box(20, 20), 0.9), (box(20, 80), 0.4)], [], name="/data/a/one.png")
    other = judged([(box(40, 30), 0.9)], [(box(170, 60, 100, 80), 0.9)], name="/data/b/two.png")
    read: list[str] = []
    monkeypatch.setattr(evaluate, "network_maps", lambda model, samples, rule: iter(samples))
    monkeypatch.setattr(evaluate, "read_picture", lambda path: read.append(path.name) or SimpleNamespace(pixels=np.full((256, 320, 3), 200, np.uint8)))  # fmt: skip
    told = evaluate.by_group(MODEL, [page, other], RULE, USUAL)  # type: ignore[list-item, arg-type]
    assert list(told) == ["height", "angle", "darkness", "crowding", "script"]
    for look, groups in told.items():
        assert sum(group["labels"] for group in groups) == 3, look
        assert sum(len(group["worst"]) for group in groups) >= 1, look
        assert {name for group in groups for name in group["worst"]} <= {"one.png", "two.png"}
    small, large = told["height"]
    assert (small["labels"], small["worst"]) == (3, ["one.png"])
    assert (large["labels"], large["detections"], large["worst"]) == (0, 1, ["two.png"])
    assert sorted(read) == ["one.png", "two.png"]


def test_samples_are_pictures_by_step_and_number_with_what_was_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Any] = []
    monkeypatch.setattr(evaluate, "read_picture", lambda path: SimpleNamespace(pixels=f"pixels of {path}"))
    monkeypatch.setattr(evaluate, "draw_judgement", lambda pixels, judgement: (pixels, len(judgement.found.pairs)))
    monkeypatch.setattr(evaluate, "write_picture", lambda *given: written.append(given))
    choice: Any = SimpleNamespace(options=USUAL)
    evaluate.write_samples(MODEL, [0, 2], RULE, choice, tmp_path, 120)  # type: ignore[list-item, arg-type]
    assert written == [
        (tmp_path / "step_000120_1.jpg", ("pixels of page.png", 1), 85), (tmp_path / "step_000120_2.jpg", ("pixels of page.png", 3), 85),
    ]  # fmt: skip
