"""Figures prove a cause where they say it does, and one figure less or more proves nothing."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.rundir.status import RunStatus
from ocrweb.services.training.diagnosis import states
from ocrweb.services.training.diagnosis.log_text import LogLine


def evidence(**given: Any) -> Any:
    """losses, hmeans: values, one a line; everything else as `Evidence` has it."""
    plain: dict[str, Any] = {
        "status": None, "only_base": False, "time_limit": 0.0, "measured_on": "test", "events": [], "idle": None,
        "weights": None, "exit_code": None, "batch_size": None, "config": {}, "lines": [],
    }  # fmt: skip
    found = {**plain, **given}
    numbers = iter(range(1, 1000))
    for name in ("losses", "hmeans"):
        found[name] = [(LogLine(next(numbers), f"line of {value}"), value) for value in given.get(name, ())]
    lines = [LogLine(number, text) for number, text in enumerate(found["lines"], 1)]
    found["telling"] = lines or [one for one, _ in (*found["losses"], *found["hmeans"])]

    def find(pattern: str) -> LogLine | None:
        return next((line for line in lines if re.search(pattern, line.text, re.IGNORECASE)), None)

    return SimpleNamespace(**found, find=find)


def evaluations(*hmeans: float, first: int = 0) -> list[dict[str, Any]]:
    return [{"kind": "eval", "step": first + 10 * number, "hmean": hmean} for number, hmean in enumerate(hmeans)]


@pytest.mark.parametrize(
    ("events", "fallen"),
    [
        (evaluations(0.8, 0.3, 0.2), True), (evaluations(0.8, 0.3, 0.9, 0.2), True), (evaluations(0.8, 0.3), False),
        (evaluations(0.8, 0.9, 0.3), False), (evaluations(0.8, 0.3, 0.2, 0.5), False), (evaluations(0.8, 0.3, 0.4), False),
        (evaluations(0.8, 0.4, 0.39), False), (evaluations(0.8, 0.39, 0.39), True), (evaluations(0.8, 0.9, 0.2, 0.3, first=10), False),
        ([], False), ([{"kind": "step", "hmean": 0.1}, *evaluations(0.8, 0.3, 0.2)], True),
        ([*evaluations(0.8, 0.3), {"kind": "eval", "hmean": "x"}], False), (evaluations(0.0, 0.0, 0.0), False),
    ],
)  # fmt: skip
def test_a_collapse_is_two_evaluations_under_half_of_the_base_the_last_among_them(events: Any, fallen: bool) -> None:
    cause = states.collapsed(evidence(events=events, hmeans=[0.8, 0.2]))
    assert (cause is not None) is fallen
    if cause is not None:
        last = next(event["hmean"] for event in reversed(events))
        assert (cause.id, cause.params) == ("result.collapsed", {"hmean": f"{last:.4f}", "base": "0.8000"})
        assert (cause.line, cause.evidence) == (2, "line of 0.2")
        without = states.collapsed(evidence(events=events))
        assert without is not None
        assert (without.line, without.evidence) == (None, "")


def test_labels_that_a_run_found_misplaced_are_the_cause_as_long_as_the_event_is_whole() -> None:
    good = {"way": {"text": "evaluation.frame-from-bottom", "params": {}}, "now": "0.02", "there": "0.71"}
    said = {"kind": "warning", "code": "evaluation.labels-misplaced", "params": good}
    cause = states.misplaced(evidence(events=[{"kind": "eval"}, said]))
    assert cause is not None
    assert (cause.id, [remedy.id for remedy in cause.remedies]) == ("data.labels-misplaced", ["check-dataset"])
    assert "with y counted from the bottom: hmean 0.71 in place of 0.02" in cause.explanation("en")
    assert "y 从底边算起" in cause.explanation("zh")
    other = {**good, "way": {"text": "evaluation.frame-inside-out"}}
    for params in (None, "x", {}, {"way": "evaluation.frame-mirrored"}, other):
        assert states.misplaced(evidence(events=[{**said, "params": params}])) is None
    assert states.misplaced(evidence(events=[{**said, "code": "train.collapsed"}])) is None


TWENTY = 20


@pytest.mark.parametrize(
    ("losses", "hmeans", "cause"),
    [
        ([2.0] * TWENTY, [], "loss.flat"), ([2.0] * (TWENTY - 1), [], None), ([1.0] * TWENTY, [], "data.no-text"),
        ([1.0] * (TWENTY - 1) + [1.002], [], "loss.flat"), ([2.0] * TWENTY, [0.7], None), ([2.0] * TWENTY, [0.69], "loss.flat"),
        ([2.0] * TWENTY, [0.8, 0.1], None), ([2.0] * 10 + [1.93] * 10, [], None), ([2.0] * 10 + [1.95] * 10, [], "loss.flat"),
        ([2.0] * 10 + [4.0] * 10, [], "loss.flat"), ([100.0] * 10 + [97.0] * 10, [], "loss.flat"), ([0.0] * TWENTY, [], None), ([2.0] * TWENTY + [float("nan")], [], None),
        ([2.0] * 5 + [9.0] * 10 + [1.0] * 5, [], None), ([2.0] * 5 + [0.1] * 10 + [2.0] * 5, [], "loss.flat"),
    ],
)  # fmt: skip
def test_a_loss_is_flat_when_its_last_quarter_is_as_its_first(losses: Any, hmeans: Any, cause: str | None) -> None:
    found = states.loss_flat(evidence(losses=losses, hmeans=hmeans))
    assert (found.id if found else None) == cause
    assert found is None or found.line == len(losses)


FALLING = [4.0, 3.0, 2.0, 1.0]


@pytest.mark.parametrize(
    ("hmeans", "losses", "gap"),
    [
        ([0.5, 0.9, 0.8, 0.6], FALLING, True), ([0.9, 0.8, 0.6], FALLING, False), ([0.5, 0.9, 0.8, 0.66], FALLING, False),
        ([0.5, 0.9, 0.1, 0.9], FALLING, False), ([0.5, 0.9, 0.8, 0.6], FALLING[:3], False), ([0.5, 0.9, 0.8, 0.6], [1.0] * 4, False),
        ([0.5, 1.0, 0.8, 0.75], FALLING, True),
    ],
)  # fmt: skip
def test_a_gap_is_a_score_that_fell_while_the_loss_did(hmeans: Any, losses: Any, gap: bool) -> None:
    found = states.generalisation_gap(evidence(hmeans=hmeans, losses=losses))
    assert (found is not None) is gap
    if found:
        assert found.params == {"best": f"{max(hmeans):.2f}", "last": f"{hmeans[-1]:.2f}"}
        assert found.line == len(losses) + len(hmeans)


@pytest.mark.parametrize(
    ("hmeans", "given", "cause"),
    [
        ([0.7], {}, None), ([0.69], {}, "result.weak"), ([0.5], {}, "result.weak"), ([0.49], {}, "result.poor"),
        ([0.01], {}, "result.poor"), ([0.01], {"losses": FALLING}, "result.zero-hmean"), ([0.02], {"losses": FALLING}, "result.poor"),
        ([0.1, 0.8, 0.2], {}, None), ([], {}, None), ([0.2], {"only_base": True}, None), ([0.2], {"lines": ["NaN or Inf found"]}, None),
        ([0.2], {"losses": [float("inf")]}, None),
    ],
)  # fmt: skip
def test_the_best_score_decides_how_a_result_is_called(hmeans: Any, given: Any, cause: str | None) -> None:
    found = states.hmean_judged(evidence(hmeans=hmeans, **given))
    assert (found.id if found else None) == cause
    if found and cause in ("result.weak", "result.poor"):
        assert found.params == {"hmean": f"{max(hmeans):.2f}", "where": "test"}


def test_a_score_of_nothing_is_looked_for_in_the_dataset_first() -> None:
    """A poor one in the settings; one of 0 although the loss falls in the threshold."""
    nothing, poor, falls = (
        states.hmean_judged(evidence(hmeans=[hmean], losses=losses))
        for hmean, losses in ((0.01, []), (0.02, []), (0.01, FALLING))
    )
    remedy = states.remedy
    assert [found and found.remedies[0] for found in (nothing, poor, falls)] == [
        remedy.CHECK_DATASET, remedy.SAFE_START, remedy.PROBE_THRESHOLD,
    ]  # fmt: skip


def test_where_time_was_short_no_more_epochs_are_advised() -> None:
    plain, short = (states.hmean_judged(evidence(hmeans=[0.6], time_limit=limit)) for limit in (0.0, 30.0))
    assert plain is not None
    assert short is not None
    assert states.remedy.MORE_EPOCHS in plain.remedies
    assert states.remedy.MORE_EPOCHS not in short.remedies
    status = RunStatus(state="finished", step=5, steps=90)
    found = states.time_was_short(evidence(hmeans=[0.6], time_limit=30.5, status=status))
    assert found is not None
    assert found.params == {"minutes": "30.5", "step": 5, "steps": 90}
    for less in ({"time_limit": 0.0}, {"status": None}, {"hmeans": [0.9]}):
        assert (
            states.time_was_short(evidence(**{"hmeans": [0.6], "time_limit": 30.5, "status": status, **less})) is None
        )


@pytest.mark.parametrize(
    ("given", "silent"),
    [
        ({"idle": 120.0}, True), ({"idle": 119.0}, False), ({"idle": None}, False), ({"idle": 500.0, "losses": [1.0]}, False),
        ({"idle": 500.0, "lines": ["Starting training...", "more"]}, False), ({"idle": 500.0, "lines": ["hello"]}, False),
    ],
)  # fmt: skip
def test_silence_is_two_minutes_after_the_first_word(given: Any, silent: bool) -> None:
    found = states.silent_start(evidence(**{"lines": ["Starting training..."], **given}))
    assert (found is not None) is silent
    assert found is None or (found.id, found.line) == ("start.silent", 1)


@pytest.mark.parametrize(
    ("given", "silent"),
    [
        ({}, True), ({"idle": 5.0}, False), ({"status": RunStatus()}, False), ({"losses": [1.0]}, False),
        ({"lines": ["Starting training...", "more"]}, False), ({"lines": ["before", "Starting training..."]}, True), ({"lines": ["x"]}, False),
    ],
)  # fmt: skip
def test_a_pasted_log_is_silent_when_nothing_follows(given: Any, silent: bool) -> None:
    assert (states.foreign_silence(evidence(**{"lines": ["Starting training..."], **given})) is not None) is silent


@pytest.mark.parametrize(
    ("weights", "lines", "proved"),
    [
        (False, ["Training finished!"], True), (True, ["Training finished!"], False), (None, ["Training finished!"], True),
        (None, ["saved to best.pdparams", "Training finished!"], False), (False, ["saved to x", "Training finished!"], True),
        (False, ["nothing"], False),
    ],
)  # fmt: skip
def test_a_success_without_weights_is_none(weights: bool | None, lines: list[str], proved: bool) -> None:
    assert (states.false_success(evidence(weights=weights, lines=lines)) is not None) is proved


@pytest.mark.parametrize(
    ("given", "killed"),
    [
        ({"exit_code": -9}, True), ({"exit_code": 137}, True), ({"exit_code": 1}, False), ({}, False),
        ({"status": RunStatus(state="lost")}, True), ({"status": RunStatus(state="failed")}, False), ({"exit_code": -9, "lines": ["Killed"]}, False),
    ],
)  # fmt: skip
def test_a_process_is_killed_when_it_is_gone_without_a_word(given: Any, killed: bool) -> None:
    found = states.killed_without_a_word(evidence(**given))
    assert (found is not None) is killed
    assert found is None or (found.evidence, found.line) == ("", None)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, True), ({"batch_size": 2}, False), ({"hmeans": []}, False), ({"hmeans": [0.1, 0.7]}, False),
        ({"config": {"model": "ppocrv6-small"}}, False), ({"config": {"freeze_bn": "auto"}}, False), ({"config": {"freeze_bn": "false"}}, True),
        ({"config": {"freeze_bn": True}}, False),
    ],
)  # fmt: skip
def test_a_batch_of_one_matters_where_statistics_are_learnt_and_the_score_is_low(given: Any, told: bool) -> None:
    assert (states.batch_of_one(evidence(**{"batch_size": 1, "hmeans": [0.3], **given})) is not None) is told
