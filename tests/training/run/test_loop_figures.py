"""What the loop writes down and when: progress, time left, checkpoints, candidates, and who of several writes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrweb.rundir import names
from ocrweb.rundir.status import read_status
from ocrweb.training.machine.distributed import Group
from ocrweb.training.run import loop as loops
from ocrweb.training.run.pace import Pace
from tests.training.loops import events, opened
from tests.training.tiny import DrawnFeed


class Pair(Group):
    """Two processes that are always where this one is."""

    def sum_array(self, values: np.ndarray) -> np.ndarray:
        return 2 * values

    def average_tensors(self, tensors: Any) -> None:
        """They hold the same."""


def test_progress_is_told_every_ten_steps_and_at_the_end_of_an_epoch(tmp_path: Path) -> None:
    opened(tmp_path / "run", "epochs=2", feed=DrawnFeed(steps=23, size=1)).run()
    told = events(tmp_path / "run", "step")
    assert [event["step"] for event in told] == [10, 20, 23, 30, 40, 46]
    assert [(event["epoch"], event["iter"], event["iters"]) for event in told] == [
        (1, 10, 23), (1, 20, 23), (1, 23, 23), (2, 7, 23), (2, 17, 23), (2, 23, 23),
    ]  # fmt: skip


def test_slow_steps_are_told_after_so_many_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited = iter([9.9, 10.0, 1.0, 10.1] + [0.0] * 50)
    monkeypatch.setattr(Pace, "seconds", property(lambda self: next(waited)))
    monkeypatch.setattr(Pace, "take", lambda self: ({"loss": 1.0}, 2.0, 0.5))
    opened(tmp_path / "run", "epochs=1", feed=DrawnFeed(steps=7, size=1)).run()
    assert [event["step"] for event in events(tmp_path / "run", "step")] == [2, 4, 7]


@pytest.mark.parametrize(
    ("minutes", "already", "left"), [(0, 0.0, 45.0), (10, 0.0, 45.0), (10, 570.0, 30.0), (10, 700.0, 0.0)]
)
def test_the_time_left_is_that_of_the_steps_but_never_more_than_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minutes: int, already: float, left: float
) -> None:
    """90 steps at half a second each."""
    monkeypatch.setattr(Pace, "take", lambda self: ({"loss": 1.0}, 2.0, 0.5))
    loop = opened(tmp_path / "run", "epochs=10", f"max_minutes={minutes}", feed=DrawnFeed(steps=10, size=1))
    loop._started = time.monotonic() - already
    loop._pace.start()
    loop.progress = loops.dataclasses.replace(loop.progress, step=10, batch=10)
    loop._log(0.01)
    (told,) = events(tmp_path / "run", "step")
    assert told["eta"] == pytest.approx(left, abs=1.0)
    assert told["lr"] == 0.01
    assert loop._last == {"loss": 1.0, "lr": 0.01}


@pytest.mark.parametrize(("group", "pictures"), [(Group(), 12), (Pair(0, 2), 24)], ids=["one", "two"])
def test_speed_counts_the_pictures_of_all_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: Group, pictures: int
) -> None:
    seen: list[int] = []
    monkeypatch.setattr(Pace, "add", lambda self, losses, pictures: seen.append(pictures))
    monkeypatch.setattr(Pace, "take", lambda self: ({"loss": 1.0}, 2.0, 0.5))
    opened(tmp_path / "run", "epochs=1", feed=DrawnFeed(steps=4, size=3), group=group).run()
    assert sum(seen) == pictures


def test_checkpoints_come_every_so_many_steps_with_every_evaluation_and_at_the_end(tmp_path: Path) -> None:
    words = ("epochs=1", "checkpoint.every_steps=4", "evaluation.every_steps=5")
    opened(tmp_path / "run", *words, feed=DrawnFeed(steps=11, size=1)).run()
    assert [event["step"] for event in events(tmp_path / "run", "checkpoint")] == [4, 5, 8, 10, 11]


@pytest.mark.parametrize(
    ("words", "steps", "evaluated"),
    [
        (("epochs=3",), 4, [4, 8, 12]), (("epochs=20",), 2, [4, 8, 12, 16, 20, 24, 28, 32, 36, 40]), (("epochs=1",), 4, [4]),
        (("epochs=2", "evaluation.every_steps=3"), 4, [3, 6, 8]), (("epochs=2", "max_minutes=60"), 10, [2, 4, 6, 8, 10, 12, 14, 16, 18, 20]),
    ],
)  # fmt: skip
def test_evaluations_come_as_they_are_due(tmp_path: Path, words: tuple[str, ...], steps: int, evaluated: list[int]) -> None:  # fmt: skip
    opened(tmp_path / "run", *words, feed=DrawnFeed(steps=steps, size=1)).run()
    assert [event["step"] for event in events(tmp_path / "run", "eval")] == evaluated


def test_of_several_processes_only_the_first_writes(tmp_path: Path) -> None:
    shown: list[int] = []
    for number, wrote in ((0, True), (1, False)):
        run = tmp_path / str(number)
        loop = opened(run, "epochs=1", "checkpoint.averaged=3", group=Pair(number, 2))
        loop._s.save_samples = lambda found, step: shown.append(step)
        loop.run()
        assert all((run / name).is_file() is wrote for name in (names.BEST, names.LATEST, names.LATEST_OPTIMIZER))
        assert (run / names.CANDIDATES).is_dir() is wrote
        assert bool(loop.progress.kept) is wrote
        assert loop.progress.evaluations == 1
        assert loop.progress.best["hmean"] == 0.5
    assert shown == [5]


def test_the_base_is_no_candidate_and_counts_for_no_choice(tmp_path: Path) -> None:
    loop = opened(tmp_path / "run", "epochs=2", "checkpoint.averaged=2", scores=(0.9, 0.4, 0.6))
    loop.measure_base()
    assert (loop.progress.kept, loop.progress.evaluations) == ((), 0)
    loop.run()
    assert (loop.progress.kept, loop.progress.evaluations) == (((0.6, 10), (0.4, 5)), 2)


def test_where_nothing_is_averaged_nothing_is_put_by(tmp_path: Path) -> None:
    loop = opened(tmp_path / "run", "epochs=2", "checkpoint.averaged=0")
    loop.run()
    assert (loop.progress.kept, loop.progress.evaluations) == ((), 2)
    assert not (tmp_path / "run" / names.CANDIDATES).exists()


def test_other_weights_taken_over_are_told_and_kept(tmp_path: Path) -> None:
    loop = opened(tmp_path / "run", "epochs=1")
    loop.run()
    best = {**loop.progress.best, "hmean": 0.625, "step": 4}
    loop.take_over(best)
    assert loop.progress.best == read_status(tmp_path / "run").best == best
    again = opened(tmp_path / "run", "epochs=1", resume=True)
    assert again.progress.best == best


def test_thresholds_are_chosen_unless_they_are_to_stay(tmp_path: Path) -> None:
    for word, wanted in (("true", loops.COARSE), ("false", loops.FIXED)):
        loop, seen = opened(tmp_path / word, f"evaluation.tune_thresholds={word}"), list[Any]()
        found = loop._s.evaluator.evaluate(loop._s.model, loops.FIXED)
        loop._s.evaluator.evaluate = lambda model, grid, seen=seen, found=found: seen.append(grid) or found  # type: ignore[method-assign]
        loop.evaluate()
        assert seen == [wanted]


def test_before_each_stretch_of_steps_the_network_is_put_into_training(tmp_path: Path) -> None:
    loop = opened(tmp_path / "run", "epochs=2", "evaluation.every_steps=5")
    done: list[int] = []
    loop._s.before_steps = lambda: done.append(loop.progress.step)
    loop.run()
    assert done == [0, 5, 10]


def test_learning_slows_with_the_time_that_is_used(tmp_path: Path) -> None:
    """Half of the time is over though half of the steps are not."""
    rates = []
    for used in (0.0, 0.5, 0.9):
        loop = opened(tmp_path / str(used), "epochs=100", "max_minutes=10", feed=DrawnFeed(steps=10, size=1))
        loop._started = time.monotonic() - 600 * used
        loop._agree()
        assert loop._done == pytest.approx(used, abs=0.02)
        rates.append(loop._s.schedule.rate(1, loop._time_used))
    assert rates[1] > rates[2]


@pytest.mark.parametrize(("used", "patience", "stale", "over"), [(0.99, 0, 99, False), (1.0, 0, 0, True), (0.0, 3, 2, False), (0.0, 3, 3, True)])  # fmt: skip
def test_a_run_is_over_when_time_or_patience_is(tmp_path: Path, used: float, patience: int, stale: int, over: bool) -> None:  # fmt: skip
    loop = opened(tmp_path / "run", f"evaluation.patience={patience}")
    loop._time_used = used
    loop.progress = loops.dataclasses.replace(loop.progress, stale=stale)
    assert loop._over() is over
