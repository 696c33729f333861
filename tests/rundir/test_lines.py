"""The lines of a run's log, each as it stands there."""

from __future__ import annotations

import math

import pytest

from ocrweb.rundir import lines


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0:00:00"), (0.4, "0:00:00"), (59.6, "0:01:00"), (59, "0:00:59"), (60, "0:01:00"), (3599, "0:59:59"),
        (3600, "1:00:00"), (90_061, "25:01:01"), (-5, "0:00:00"), (math.inf, "-"), (math.nan, "-"),
    ],
)  # fmt: skip
def test_a_duration_is_hours_minutes_and_seconds(seconds: float, written: str) -> None:
    assert lines.duration(seconds) == written


def test_six_tensors_are_named_and_a_seventh_is_counted() -> None:
    names = [f"t{number}" for number in range(7)]
    assert lines.weights_line(9, 9, [], []) == "weights: 9 of 9 tensors loaded"
    assert lines.weights_line(3, 9, names[:6], []) == (
        "weights: 3 of 9 tensors loaded; 6 not in the file: t0, t1, t2, t3, t4, t5"
    )
    assert lines.weights_line(1, 9, names, names[:1]) == (
        "weights: 1 of 9 tensors loaded; 7 not in the file: t0, t1, t2, t3, t4, t5, …; 1 of another shape: t0"
    )


@pytest.mark.parametrize(
    ("unreadable", "judged", "end"),
    [
        (0, 0, ""),
        (2, 0, "; left out: 2 cannot be read"),
        (0, 3, "; left out: 3 on the validation or test list"),
        (2, 3, "; left out: 2 cannot be read, 3 on the validation or test list"),
    ],
)
def test_pictures_that_are_left_out_are_counted_by_their_reason(unreadable: int, judged: int, end: str) -> None:
    assert lines.unlabelled_line(40, unreadable, judged) == f"unlabelled: 40 pictures{end}"


def test_what_a_training_was_good_for_is_said_with_what_is_known() -> None:
    result = {"hmean": 0.81234, "interval": (0.78, 0.84)}
    base = {"base_hmean": 0.6099, "base_interval": (0.57, 0.65), "gain": (0.17, 0.23)}
    said = "outcome: improved, result: 0.8123 (0.7800 to 0.8400)"
    assert lines.outcome_line("improved", result) == said
    whole = f"{said}, base: 0.6099 (0.5700 to 0.6500), gain: 0.1700 to 0.2300"
    assert lines.outcome_line("improved", {**result, **base, "doubt": ""}) == whole
    assert (
        lines.outcome_line("improved", {**result, **base, "doubt": "labels-moved"}) == f"{whole}, doubt: labels-moved"
    )


def test_the_short_ones() -> None:
    assert lines.blend_line([10, 20], 0.5, 0.25) == "averaged: steps 10, 20, hmean: 0.5000, best single: 0.2500"
    assert lines.stopped_line(7) == "Training stopped at step 7; resume it to go on."
    assert lines.device_line("gpu:0", "bfloat16") == "device: gpu:0, precision: bfloat16"
