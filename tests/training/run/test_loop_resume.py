"""A run that was stopped goes on as if it never had been; processes that train together stay together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrweb.evaluation.sweep import Grid
from ocrweb.model.pdparams import read_pdparams
from ocrweb.rundir import names
from ocrweb.training.learn.evaluate import Evaluation
from ocrweb.training.machine.distributed import Group
from ocrweb.training.run.parts import StopAsked
from tests.training.loops import FixedScores, events, opened, stop_after, weights


@pytest.mark.parametrize("stopped_at", [1, 5, 7, 12])
def test_a_resumed_run_ends_with_the_very_weights_of_one_that_never_stopped(tmp_path: Path, stopped_at: int) -> None:
    words = ("epochs=3", "evaluation.every_steps=4")
    whole = opened(tmp_path / "whole", *words)
    whole.run()
    first = opened(tmp_path / "parts", *words, stop=stop_after(stopped_at))
    with pytest.raises(StopAsked):
        first.run()
    assert first.progress.step == stopped_at
    second = opened(tmp_path / "parts", *words, resume=True)
    assert second.progress.step == stopped_at
    second.run()
    assert second.progress.step == whole.progress.step == 15
    for name, array in weights(whole).items():
        np.testing.assert_array_equal(weights(second)[name], array)
    one, other = (read_pdparams(tmp_path / run / names.LATEST) for run in ("whole", "parts"))
    assert all(np.array_equal(other[name], array) for name, array in one.items())


def test_resumed_losses_are_those_of_a_run_that_never_stopped(tmp_path: Path) -> None:
    opened(tmp_path / "whole", "epochs=4").run()
    with pytest.raises(StopAsked):
        opened(tmp_path / "parts", "epochs=4", stop=stop_after(10)).run()
    opened(tmp_path / "parts", "epochs=4", resume=True).run()
    names_ = ("step", "loss", "loss_shrink", "loss_threshold", "loss_binary", "lr")
    one, other = ([[e[n] for n in names_] for e in events(tmp_path / run, "step")] for run in ("whole", "parts"))
    assert one == other


class Interrupted(FixedScores):
    """Is told to stop in the middle of its evaluation."""

    def evaluate(self, model: Any, grid: Grid) -> Evaluation:
        raise StopAsked


def test_a_run_stopped_in_its_last_evaluation_keeps_its_steps_and_only_evaluates_when_resumed(tmp_path: Path) -> None:
    words = ("epochs=2", "evaluation.every_steps=1000", "checkpoint.every_steps=1000")
    first = opened(tmp_path / "run", *words)
    first._s.evaluator = Interrupted()  # type: ignore[assignment]
    with pytest.raises(StopAsked):
        first.run()
    second = opened(tmp_path / "run", *words, resume=True)
    assert second.progress.step == 10
    second.run()
    assert second.progress.step == 10
    assert [event["step"] for event in events(tmp_path / "run", "eval")] == [10]
    assert (tmp_path / "run" / names.BEST).is_file()


def test_a_run_that_was_lost_after_its_last_checkpoint_neither_trains_nor_evaluates_again(tmp_path: Path) -> None:
    opened(tmp_path / "run", "epochs=2").run()
    opened(tmp_path / "run", "epochs=2", resume=True).run()
    assert [event["step"] for event in events(tmp_path / "run", "eval")] == [5, 10]


class Pair(Group):
    """Two processes; the other one's clock shows ``ahead`` more, as a share of the time limit."""

    ahead = 0.0
    shared: tuple[str, ...] = ()

    def sum_array(self, values: np.ndarray) -> np.ndarray:
        return 2 * values + np.array([0.0, self.ahead])

    def average_numbers(self, numbers: Any) -> dict[str, float]:
        return dict(numbers)

    def average_tensors(self, tensors: Any) -> None:
        Pair.shared = tuple(tensor.name for tensor in tensors)


def test_processes_go_by_one_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pair, "ahead", 1.0)
    words = ("epochs=2", "max_minutes=1000", "schedule.warmup_steps=0", "schedule.kind=poly", "schedule.power=1")
    loop = opened(tmp_path / "run", *words, "schedule.final_ratio=0", group=Pair(0, 2))
    loop.run()
    first, _ = [event["lr"] for event in events(tmp_path / "run", "step")]
    assert first == pytest.approx(0.02 / 2, rel=1e-2)  # half of the time is used up by the mean of the clocks


def test_processes_evaluate_with_the_statistics_of_all(tmp_path: Path) -> None:
    loop = opened(tmp_path / "run", group=Pair(0, 2))
    loop.evaluate()
    measured = {tensor.name for tensor in loop._s.average.statistics()}
    assert len(measured) == 4  # mean and variance, of the network and of its average
    assert set(Pair.shared) == measured
