"""A run as the page shows it: only new bytes are read, long logs stay light, curves stay thin."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import pytest

from ocrweb.rundir import names
from ocrweb.rundir.events import EventWriter
from ocrweb.services.training import queue as training_queue
from ocrweb.services.training import view as training_view
from ocrweb.services.training.view import POINTS, Smoothed, level_of, log_tail, run_view, thin
from tests.services.training.made_runs import log_line, make_run, step_event


def test_a_view_is_the_very_same_object_until_something_changes() -> None:
    run = make_run()
    (run / names.LOG).write_text("Starting training...\n")
    first = run_view(run.name)
    assert run_view(run.name) is first
    with (run / names.LOG).open("a") as log:
        log.write(log_line(10) + "\n")
    second = run_view(run.name)
    assert second is not first
    assert second is not None
    assert [text for _, text in second.log] == ["Starting training...", log_line(10)]


def test_of_a_long_log_only_the_end_is_read_and_the_first_line_is_whole(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with log.open("w") as file:
        for number in range(40_000):
            file.write(f"line {number} " + "x" * 60 + "\n")
    shown = log_tail(log)
    assert shown[-1][1].startswith("line 39999 ")
    assert shown[0][1].startswith("line ")
    assert len(shown) <= training_view.TAIL_LINES


def test_half_a_line_is_not_shown(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("whole\nhal")
    assert log_tail(log) == (("plain", "whole"),)


def test_an_absent_log_has_no_lines(tmp_path: Path) -> None:
    assert log_tail(tmp_path / "log.txt") == ()


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("Training failed: no space", "error"),
        ("epoch: 1/3, loss: nan", "error"),
        ("Warning: batch halved", "warning"),
        ("Training finished!", "good"),
        ("best metric, hmean: 0.9, epoch: 2", "good"),
        ("cur metric, hmean: 0.9", "metric"),
        (log_line(3), "plain"),
    ],
)
def test_levels(line: str, level: str) -> None:
    assert level_of(line) == level


def test_curves_have_at_most_500_points_with_both_ends() -> None:
    run = make_run()
    writer = EventWriter(run / names.EVENTS)
    for step in range(1, 2001):
        step_event(writer, step, 5.0)
    view = run_view(run.name)
    assert view is not None
    assert len(view.losses.steps) == POINTS
    assert (view.losses.steps[0], view.losses.steps[-1]) == (1, 2000)
    assert set(view.losses.values) == {
        "loss", "loss_shrink", "loss_threshold", "loss_binary", "loss_unlabelled", "lr",
    }  # fmt: skip
    assert not any(view.losses.values["loss_unlabelled"]), "a run with labels alone has no such curve"


def test_steps_that_a_resumed_run_does_again_replace_the_old_ones() -> None:
    run = make_run()
    writer = EventWriter(run / names.EVENTS)
    for step in (10, 20, 30):
        step_event(writer, step, 9.0)
    assert run_view(run.name) is not None
    for step in (20, 30, 40):
        step_event(writer, step, 1.0)
    view = run_view(run.name)
    assert view is not None
    assert view.losses.steps == (10, 20, 30, 40)


def test_events_of_other_kinds_are_passed_over_and_evaluations_are_a_curve_of_their_own() -> None:
    run = make_run()
    writer = EventWriter(run / names.EVENTS)
    writer.write("start", 0)
    step_event(writer, 5, 4.0)
    writer.write("eval", 5, hmean=0.5, precision=0.4, recall=0.6)
    writer.write("note", 5, text="a")
    step_event(writer, 10, 2.0)
    writer.write("eval", 10, hmean=0.7)
    view = run_view(run.name)
    assert view is not None
    assert view.losses.steps == view.evaluations.steps == (5, 10)
    assert view.losses.values["lr"] == (0.001, 0.001)
    assert view.evaluations.values == {"hmean": (0.5, 0.7), "precision": (0.4, None), "recall": (0.6, None)}


def test_a_curve_that_begins_anew_is_smoothed_as_if_it_had_never_been_another() -> None:
    once, twice = make_run("20260101_000000_once"), make_run("20260101_000000_twice")
    for run, parts in (
        (once, [[(1, 8.0), (2, 4.0), (3, 2.0)]]),
        (twice, [[(1, 8.0), (2, 9.0), (3, 9.0)], [(2, 4.0), (3, 2.0)]]),
    ):
        writer = EventWriter(run / names.EVENTS)
        for part in parts:
            for step, loss in part:
                step_event(writer, step, loss)
            view = run_view(run.name)
        assert view is not None
        assert view.losses.steps == (1, 2, 3)
        assert view.losses.values["loss"] == pytest.approx((8.0, 5.8947, 4.4576), abs=1e-4)


def test_a_waiting_run_has_its_place_and_knows_whether_another_waits_behind_it() -> None:
    first, second = make_run("20260101_000000_a", None), make_run("20260101_000001_b", None)
    for run in (first, second):
        training_queue.enqueue(run.name)
    views = [run_view(run.name) for run in (first, second, make_run("20260101_000002_c"))]
    assert [(view.state, view.place, view.last) for view in views if view] == [
        ("queued", 1, False), ("queued", 2, True), ("finished", 0, True),
    ]  # fmt: skip


def test_a_loss_that_is_no_number_is_a_gap() -> None:
    run = make_run()
    writer = EventWriter(run / names.EVENTS)
    step_event(writer, 1, 2.0)
    step_event(writer, 2, math.nan)
    view = run_view(run.name)
    assert view is not None
    assert view.losses.values["loss"] == (2.0, None)


def smoothed(*values: float) -> list[float | None]:
    average = Smoothed()
    for value in values:
        average.add(value)
    return average.values


def test_smoothing_starts_at_the_first_value_and_leaves_a_constant_alone() -> None:
    assert smoothed(3.0, 3.0, 3.0) == pytest.approx([3.0, 3.0, 3.0])
    rising = smoothed(0.0, *[1.0] * 50)
    assert rising[0] == 0.0
    assert all(a is not None and b is not None and a < b for a, b in itertools.pairwise(rising))


@pytest.mark.parametrize("count", [0, 1, 500, 501, 12345])
def test_thinning_keeps_order_and_ends(count: int) -> None:
    chosen = thin(range(count), [0.0] * count)
    assert chosen == sorted(set(chosen))
    assert len(chosen) == min(count, POINTS)
    if count:
        assert (chosen[0], chosen[-1]) == (0, count - 1)


def test_pictures_of_the_latest_evaluation_come_first() -> None:
    run = make_run()
    for name in ("step_000000_1.jpg", "step_000010_2.jpg", "step_000010_1.jpg", "other.jpg"):
        (run / names.SAMPLES / name).write_bytes(b"x")
    view = run_view(run.name)
    assert view is not None
    assert [(step, path.name) for step, path in view.samples] == [
        (10, "step_000010_1.jpg"), (10, "step_000010_2.jpg"), (0, "step_000000_1.jpg"),
    ]  # fmt: skip


def test_an_unknown_run_has_no_view() -> None:
    assert run_view(None) is None
    make_run()
    assert run_view("nothing-like-it") is None
