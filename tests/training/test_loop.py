"""The loop's rules, on a network of three layers and a stand-in for evaluation."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrweb.config.loader import build, parse_overrides
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.evaluation.metric import Score
from ocrweb.evaluation.sweep import Choice, Grid
from ocrweb.model.losses import DBLoss
from ocrweb.model.pdparams import read_pdparams
from ocrweb.model.weights import LoadReport, Reshaped
from ocrweb.rundir import metrics, names
from ocrweb.rundir.events import EventReader
from ocrweb.rundir.status import read_status
from ocrweb.training.checkpoint import Progress, load_checkpoint, load_model, load_optimizer, model_arrays
from ocrweb.training.distributed import Group
from ocrweb.training.ema import WeightAverage
from ocrweb.training.evaluate import Evaluation
from ocrweb.training.journal import Journal
from ocrweb.training.loop import Loop, Session, StopAsked
from ocrweb.training.schedule import Schedule
from ocrweb.training.step import Stepper, build_optimizer
from tests.training.tiny import DrawnFeed, TinyDetector

ALONE = Group()


class FixedScores:
    """Gives one hmean after the other."""

    def __init__(self, *hmeans: float) -> None:
        self.hmeans = list(hmeans)

    def evaluate(self, model: Any, grid: Grid) -> Evaluation:
        hmean = self.hmeans.pop(0) if len(self.hmeans) > 1 else self.hmeans[0]
        score = Score(hmean, hmean, hmean, 1, 1, 1, 1)
        return Evaluation(Choice(0.3, 0.6, 1.5, score), score)


def opened(
    run: Path,
    *words: str,
    feed: DrawnFeed | None = None,
    scores: tuple[float, ...] = (0.5,),
    stop: Callable[[], bool] = lambda: False,
    resume: bool = False,
    group: Group = ALONE,
) -> Loop:
    """A loop in a run folder; with ``resume`` from its last checkpoint."""
    run.mkdir(exist_ok=True)
    config = build(TrainingConfig, parse_overrides(["learning_rate=0.02", "ema.decay=0.9", *words]))
    model, feed = TinyDetector(), feed or DrawnFeed()
    model.train()
    optimizer = build_optimizer(model, config.optimizer)
    average = WeightAverage(model, config.ema.decay)
    progress = Progress()
    if resume:
        checkpoint = load_checkpoint(run / names.LATEST_OPTIMIZER)
        progress = checkpoint.progress
        load_model(model, checkpoint.model)
        load_optimizer(optimizer, model, checkpoint.optimizer)
        average.load(checkpoint.average)
    journal = Journal(run)
    session = Session(
        run=run,
        config=config,
        model=model,
        feed=feed,
        stepper=Stepper(model, DBLoss(), optimizer, config.optimizer, group=Group(), parts=progress.parts),
        average=average,
        evaluator=FixedScores(*scores),  # type: ignore[arg-type]
        schedule=Schedule(config.schedule, config.learning_rate, feed.steps * config.epochs),
        journal=journal,
        group=group,
        optimizer=optimizer,
        save_samples=lambda found, step: None,
        before_steps=model.train,
        stop_asked=stop,
    )
    journal.start("cpu", session.schedule.steps, config.epochs, 1)
    return Loop(session, progress)


def events(run: Path, kind: str) -> list[dict[str, Any]]:
    return [event for event in EventReader(run / names.EVENTS).read() if event["kind"] == kind]


def weights(loop: Loop) -> dict[str, np.ndarray]:
    return model_arrays(loop._s.model)


def stop_after(steps: int) -> Callable[[], bool]:
    """True from the question before step ``steps + 1`` on."""
    asked = iter(range(10_000))
    return lambda: next(asked) >= steps


def test_the_loss_goes_down(tmp_path: Path) -> None:
    opened(tmp_path / "run", "epochs=10").run()
    steps = events(tmp_path / "run", "step")
    assert len(steps) == 10
    assert steps[-1]["loss"] < 0.6 * steps[0]["loss"]


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


def test_evaluations_come_every_so_many_steps_and_at_the_end(tmp_path: Path) -> None:
    opened(tmp_path / "run", "epochs=3", "evaluation.every_steps=4").run()
    assert [event["step"] for event in events(tmp_path / "run", "eval")] == [4, 8, 12, 15]


def test_what_fitted_of_a_file_of_weights_is_said(tmp_path: Path) -> None:
    missing = tuple(f"head.{number}" for number in range(8))
    journal = Journal(tmp_path)
    journal.weights(LoadReport(("a", "b"), missing, (), (Reshaped("c", (3,), (4,)),)))
    line = (tmp_path / names.LOG).read_text().strip()
    assert line.startswith("weights: 2 of 11 tensors loaded; 8 not in the file: head.0, head.1, ")
    assert line.endswith("head.5, …; 1 of another shape: c")
    assert events(tmp_path, "weights")[0]["missing"] == list(missing)


def test_the_best_weights_are_never_below_the_base_model(tmp_path: Path) -> None:
    loop = opened(tmp_path / "run", "epochs=3", scores=(0.9, 0.4, 0.6, 0.5))
    base = weights(loop)
    loop.measure_base()
    loop.run()
    assert loop.progress.base_hmean == 0.9
    assert (loop.progress.best["hmean"], loop.progress.best["step"]) == (0.9, 0)
    saved = read_pdparams(tmp_path / "run" / names.BEST)
    assert all(np.array_equal(saved[name], array) for name, array in base.items())


def test_better_weights_replace_the_best(tmp_path: Path) -> None:
    loop = opened(tmp_path / "run", "epochs=3", scores=(0.2, 0.6, 0.5, 0.7))
    loop.measure_base()
    loop.run()
    rows = metrics.read_rows(tmp_path / "run" / names.METRICS)
    assert [row["hmean"] for row in rows] == [0.2, 0.6, 0.5, 0.7]
    assert [row["best_hmean"] for row in rows] == [0.2, 0.6, 0.6, 0.7]
    assert [row["step"] for row in rows] == [0, 5, 10, 15]
    log = (tmp_path / "run" / names.LOG).read_text()
    assert "cur metric, hmean: 0.5000, precision: 0.5000, recall: 0.5000\nbest metric, hmean: 0.6000, epoch: 1\n" in log


def test_patience_ends_the_run_early(tmp_path: Path) -> None:
    loop = opened(tmp_path / "run", "epochs=9", "evaluation.patience=2", scores=(0.8, 0.7))
    loop.run()
    assert loop.progress.step == 15


def test_a_short_run_is_evaluated_at_its_end(tmp_path: Path) -> None:
    opened(tmp_path / "run", "epochs=1", "evaluation.every_steps=1000").run()
    assert len(events(tmp_path / "run", "eval")) == 1
    assert (tmp_path / "run" / names.BEST).is_file()


def test_a_long_run_is_evaluated_ten_times(tmp_path: Path) -> None:
    opened(tmp_path / "run", "epochs=30", feed=DrawnFeed(steps=2, size=2)).run()
    assert len(events(tmp_path / "run", "eval")) == 10


def test_a_broken_batch_is_skipped_and_counted(tmp_path: Path) -> None:
    loop = opened(tmp_path / "run", "epochs=2", feed=DrawnFeed(broken=frozenset({(0, 1)})))
    loop.run()
    assert (loop.progress.bad_steps, loop.progress.rate_scale, loop.progress.step) == (1, 1.0, 10)
    assert all(np.isfinite(array).all() for array in weights(loop).values())


def test_three_broken_batches_in_a_row_halve_the_rate(tmp_path: Path) -> None:
    broken = frozenset((0, number) for number in range(1, 4))
    loop = opened(tmp_path / "run", "epochs=4", feed=DrawnFeed(broken=broken))
    loop.run()
    assert loop.progress.rate_scale == 0.5
    assert [event["code"] for event in events(tmp_path / "run", "warning")] == ["train.rate-halved"]


def test_ten_broken_batches_fail_the_run_and_keep_the_last_good_weights(tmp_path: Path) -> None:
    broken = frozenset((1, number) for number in range(20))
    loop = opened(tmp_path / "run", "epochs=3", feed=DrawnFeed(steps=20, broken=broken))
    with pytest.raises(OcrwebError) as caught:
        loop.run()
    assert caught.value.code == "train.not-finite"
    assert loop.progress.step == 30
    checkpoint = load_checkpoint(tmp_path / "run" / names.LATEST_OPTIMIZER)
    assert all(np.isfinite(array).all() for array in (*checkpoint.model.values(), *checkpoint.average.values()))


def test_time_runs_out_before_the_epochs(tmp_path: Path) -> None:
    loop = opened(tmp_path / "run", "epochs=10000", "max_minutes=0.01")
    loop.run()
    assert 0 < loop.progress.step < 50_000
    last = events(tmp_path / "run", "step")[-1]
    assert last["lr"] < 0.02


def test_a_full_disk_ends_the_run_and_leaves_the_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ocrweb.training import loop as module
    from ocrweb.training.failures import cause_of

    loop = opened(tmp_path / "run", "epochs=4", "evaluation.every_steps=5")
    save, saved = module.save_checkpoint, []

    def fills_up(path: Path, checkpoint: Any) -> None:
        if saved:
            raise OSError(28, "No space left on device", str(path))
        save(path, checkpoint)
        saved.append(checkpoint)

    monkeypatch.setattr(module, "save_checkpoint", fills_up)
    with pytest.raises(OSError, match="No space") as caught:
        loop.run()
    assert cause_of(caught.value, "run").code == "train.disk-full"
    assert load_checkpoint(tmp_path / "run" / names.LATEST_OPTIMIZER).progress.step == 5


def test_the_files_agree_with_each_other(tmp_path: Path) -> None:
    run = tmp_path / "run"
    loop = opened(run, "epochs=2")
    loop.run()
    loop._s.journal.finish()
    status = read_status(run)
    assert (status.state, status.step, status.steps, status.epoch) == ("finished", 10, 10, 2)
    assert json.loads((run / names.STATUS).read_text())["best"]["hmean"] == 0.5
    lines = (run / names.LOG).read_text().splitlines()
    assert lines[0] == "Starting training..."
    assert lines[1].startswith("epoch: 1/2, iter: 5/5, loss: ")
    assert lines[-1] == "Training finished!"
    assert events(run, "end")[0]["state"] == "finished"


def test_a_failed_run_says_so_last(tmp_path: Path) -> None:
    run = tmp_path / "run"
    loop = opened(run)
    loop._s.journal.fail(OcrwebError("train.killed", signal="SIGKILL"))
    status = read_status(run)
    assert status.state == "failed"
    assert status.cause is not None
    assert status.cause["code"] == "train.killed"
    assert "\nTraining failed: The training process was ended from outside" in (run / names.LOG).read_text()
    assert "Training finished!" not in (run / names.LOG).read_text()
