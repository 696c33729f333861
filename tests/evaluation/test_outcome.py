"""What a training was good for, over counts that were made up."""

from __future__ import annotations

import numpy as np
import pytest

from ocrweb.config.judgement import DOUBTS
from ocrweb.evaluation import outcome
from ocrweb.evaluation.outcome import Counted, decide, doubt, doubt_error, gain, hmean_of, interval, verdict

PICTURES, LABELS = 40, 20


def counts(share: float, *, pictures: int = PICTURES, seed: int = 0) -> np.ndarray:
    """Each picture has 20 labels and 20 detections, of which about that share match."""
    matched = np.random.default_rng(seed).binomial(LABELS, share, pictures)
    return np.stack([matched, np.full(pictures, LABELS), np.full(pictures, LABELS)], axis=1)


def model(own: float, given: float | None = None, **how: int) -> Counted:
    return Counted(counts(own, **how), counts(own, **how), counts(own if given is None else given, **how))


@pytest.mark.parametrize(
    ("new", "base", "outcome"),
    [
        (model(0.9), model(0.6), "improved"),
        (model(0.79), model(0.79, given=0.6), "thresholds"),
        (model(0.8), model(0.8), "nothing"),
        (model(0.8, seed=1), model(0.8, seed=2), "nothing"),
        (model(0.4), model(0.8), "worse"),
        (model(0.9), model(0.8, given=0.95), "improved"),
        (model(0.9), None, "improved"),
        (model(0.0), None, "nothing"),
    ],
    ids=["better", "swept-thresholds-alone", "same", "luck", "worse", "one-rule-for-both", "from-nothing", "nothing-found"],
)  # fmt: skip
def test_the_outcome_compares_by_one_rule(new: Counted, base: Counted | None, outcome: str) -> None:
    assert decide(new, base) == outcome


def test_a_destroyed_training_is_worse_though_the_bases_weights_and_better_thresholds_were_kept() -> None:
    kept = model(0.79, given=0.6)
    assert decide(kept, kept, destroyed=True) == "worse"


def test_the_same_difference_counts_on_many_pictures_and_not_on_three() -> None:
    base, more = np.array([[15, 20, 20]] * 3), np.array([[3, 0, 0], [-1, 0, 0], [1, 0, 0]])

    def repeated(times: int) -> str:
        before, after = np.tile(base, (times, 1)), np.tile(base + more, (times, 1))
        return decide(Counted(after, after, after), Counted(before, before, before))

    assert (repeated(1), repeated(100)) == ("nothing", "improved")


def test_an_interval_holds_its_hmean_narrows_with_pictures_and_is_the_same_each_time() -> None:
    few, many = counts(0.7, pictures=10), counts(0.7, pictures=400)
    for counted in (few, many):
        low, high = interval(counted)
        assert low < hmean_of(counted) < high
    assert np.diff(interval(many)) < np.diff(interval(few)) / 3
    assert interval(few) == interval(few)


def test_one_draw_in_twenty_lies_outside_of_an_interval_as_many_below_as_above() -> None:
    low, high = outcome._middle(np.linspace(0, 1, 1001))
    assert (low, high) == pytest.approx((0.025, 0.975))


def test_the_gain_is_taken_on_the_same_drawn_pictures() -> None:
    base = counts(0.5)
    better = base + np.array([1, 0, 0])
    low, high = gain(better, base)
    assert low == pytest.approx(high) == pytest.approx(1 / LABELS)


def test_a_model_that_answers_nothing_on_pictures_without_labels_has_hmean_0() -> None:
    nothing = np.zeros((5, 3), np.int64)
    assert (hmean_of(nothing), interval(nothing)) == (0.0, (0.0, 0.0))


def test_the_figures_of_both_are_by_the_same_rule() -> None:
    figures = verdict(model(0.9), model(0.6, given=0.3))
    assert figures["base_hmean"] == round(hmean_of(counts(0.6)), 4)
    assert figures["base_given_hmean"] == round(hmean_of(counts(0.3)), 4)
    assert {"hmean", "interval", "usual_hmean", "base_interval", "base_usual_hmean", "gain"} <= set(figures)
    assert "base_hmean" not in verdict(model(0.9), None)


GOOD, POOR, NONE = counts(0.8), counts(0.3), counts(0.0)
BLIND = NONE * [1, 1, 0]


@pytest.mark.parametrize(
    ("new", "base", "seen", "tests", "why"),
    [
        (Counted(GOOD, GOOD, GOOD, GOOD, POOR), model(0.6), False, None, ""),
        (Counted(POOR, POOR, POOR, POOR, NONE), model(0.1), False, None, ""),
        (Counted(POOR, POOR, POOR, POOR, POOR), model(0.1), False, None, "labels-elsewhere"),
        (Counted(GOOD, GOOD, GOOD, GOOD, GOOD), model(0.05), False, None, "labels-elsewhere"),
        (Counted(GOOD, GOOD, GOOD, GOOD, GOOD), model(0.6), False, None, ""),
        (Counted(GOOD, GOOD, GOOD, GOOD, GOOD), Counted(BLIND, BLIND, BLIND), False, None, ""),
        (model(0.8), Counted(NONE, NONE, NONE, NONE, NONE, GOOD), False, None, "labels-moved"),
        (model(0.8), Counted(GOOD, GOOD, GOOD, GOOD, NONE, GOOD), False, None, ""),
        (model(0.9), model(0.6), True, None, "learnt-from"),
        (model(0.9), None, True, None, "learnt-from"),
        (model(0.9), model(0.6), False, (model(0.3), model(0.7)), "test-worse"),
        (model(0.9), model(0.6), False, (model(0.8, seed=1), model(0.8, seed=2)), ""),
    ],
    ids=["sound", "poor-but-its-own", "other-labels-as-well", "always-the-same-place", "forms-of-one-layout",
         "forms-that-the-base-cannot-see", "beside",
         "right-where-they-are", "learnt-from", "learnt-from-nothing-before", "test-list-worse", "test-list-the-same"],
)  # fmt: skip
def test_figures_that_prove_nothing_are_doubted_and_never_called_better(
    new: Counted, base: Counted | None, seen: bool, tests: tuple[Counted, Counted] | None, why: str
) -> None:
    found = doubt(new, base, seen=seen, tests=tests)
    assert found == why
    outcome = decide(new, base, doubted=found)
    if why:
        assert outcome == ("worse" if why == "test-worse" else "nothing")
    else:
        assert outcome == decide(new, base)


def test_a_doubt_does_not_hide_that_it_is_worse() -> None:
    assert decide(model(0.4), model(0.8), doubted="learnt-from") == "worse"


def test_every_doubt_has_its_words() -> None:
    assert [doubt_error(doubted).code for doubted in DOUBTS] == [
        "train.doubt-learnt-from", "train.doubt-labels-elsewhere", "train.doubt-labels-moved", "train.doubt-test-worse",
    ]  # fmt: skip


def test_labels_that_fit_moved_on_one_of_two_pictures_alone_may_be_chance() -> None:
    none, one, both = (np.array([[found, 10, found] for found in pages]) for pages in ((0, 0), (10, 0), (10, 10)))
    new = Counted(both, both, both)
    assert doubt(new, Counted(none, none, none, none, none, both), seen=False) == "labels-moved"
    assert doubt(new, Counted(none, none, none, none, none, one), seen=False) == ""
