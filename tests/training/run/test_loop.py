"""The loop's rules: evaluations, best weights, broken batches, a full disk, and what its files say."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.model.pdparams import read_pdparams
from ocrweb.model.weights import LoadReport, Reshaped
from ocrweb.rundir import metrics, names
from ocrweb.rundir.status import read_status
from ocrweb.training.learn import step as stepping
from ocrweb.training.learn.loss_scale import LossScale
from ocrweb.training.machine.distributed import Group
from ocrweb.training.run.checkpoint import load_checkpoint
from ocrweb.training.run.journal import Journal
from tests.training.loops import events, opened, weights
from tests.training.tiny import DrawnFeed


def test_the_loss_goes_down(tmp_path: Path) -> None:
    opened(tmp_path / "run", "epochs=10").run()
    steps = events(tmp_path / "run", "step")
    assert len(steps) == 10
    assert steps[-1]["loss"] < 0.6 * steps[0]["loss"]


def test_evaluations_come_every_so_many_steps_and_at_the_end(tmp_path: Path) -> None:
    opened(tmp_path / "run", "epochs=3", "evaluation.every_steps=4").run()
    assert [event["step"] for event in events(tmp_path / "run", "eval")] == [4, 8, 12, 15]


def test_the_status_says_when_a_run_evaluates_and_when_it_trains_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = opened(tmp_path / "run", "epochs=1")
    told: list[str] = []
    evaluate = loop._s.evaluator.evaluate

    def watched(*given: Any) -> Any:
        told.append(read_status(tmp_path / "run").doing)
        return evaluate(*given)

    monkeypatch.setattr(loop._s.evaluator, "evaluate", watched)
    loop.run()
    assert told == ["evaluate"]
    assert read_status(tmp_path / "run").doing == ""


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
    kept = load_checkpoint(tmp_path / "run" / names.LATEST_OPTIMIZER).progress
    assert (kept.base_hmean, kept.step) == (0.9, 0)  # a run that is killed now does not measure it again
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


def test_as_good_is_not_better_and_patience_counts_from_the_last_better_one(tmp_path: Path) -> None:
    loop = opened(tmp_path / "run", "epochs=9", "evaluation.patience=2", scores=(0.5, 0.5, 0.6, 0.6, 0.6, 0.6))
    loop.measure_base()
    loop.run()
    assert (loop.progress.best["hmean"], loop.progress.best["step"]) == (0.6, 10)
    assert (loop.progress.step, loop.progress.stale) == (20, 2)


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


@pytest.mark.parametrize(("row", "scale"), [(2, 1.0), (3, 0.5), (5, 0.5), (6, 0.25)])
def test_every_third_broken_batch_in_a_row_halves_the_rate(tmp_path: Path, row: int, scale: float) -> None:
    broken = frozenset((0, number) for number in range(1, 1 + row))
    loop = opened(tmp_path / "run", "epochs=2", feed=DrawnFeed(steps=8, size=1, broken=broken))
    loop.run()
    assert (loop.progress.rate_scale, loop.progress.bad_steps, loop.progress.bad_row) == (scale, row, 0)
    assert [event["code"] for event in events(tmp_path / "run", "warning")] == ["train.rate-halved"] * (row // 3)


def test_broken_batches_apart_from_each_other_leave_the_rate_alone(tmp_path: Path) -> None:
    loop = opened(
        tmp_path / "run", "epochs=2", feed=DrawnFeed(steps=8, size=1, broken=frozenset({(0, 1), (0, 2), (0, 4)}))
    )
    loop.run()
    assert (loop.progress.rate_scale, loop.progress.bad_steps) == (1.0, 3)
    assert events(tmp_path / "run", "warning") == []


def test_latest_holds_the_averaged_weights_and_the_checkpoint_those_that_learn_on(tmp_path: Path) -> None:
    loop = opened(tmp_path / "run", "epochs=1")
    loop.run()
    latest = read_pdparams(tmp_path / "run" / names.LATEST)
    checkpoint = load_checkpoint(tmp_path / "run" / names.LATEST_OPTIMIZER)
    assert not np.array_equal(latest["head.weight"], checkpoint.model["head.weight"])
    for name, array in latest.items():
        np.testing.assert_array_equal(array, checkpoint.average[name])
        np.testing.assert_array_equal(weights(loop)[name], checkpoint.model[name])


def test_a_checkpoint_says_how_long_the_run_has_trained_and_into_how_many_pieces_its_batches_are_cut(
    tmp_path: Path,
) -> None:
    loop = opened(tmp_path / "run", "epochs=1")
    loop._s.stepper.parts = 2
    loop._started -= 60
    loop.run()
    progress = load_checkpoint(tmp_path / "run" / names.LATEST_OPTIMIZER).progress
    assert progress.parts == 2
    assert 60 <= progress.seconds < 600


def test_overflows_of_float16_are_no_broken_batches_and_the_scale_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepping, "precision", lambda amp: "float16")
    loop = opened(tmp_path / "run", "epochs=3", "optimizer.clip_norm=0", feed=DrawnFeed())
    loop._s.stepper._scale = LossScale(2.0**127)
    loop.run()
    assert (loop.progress.bad_steps, loop.progress.rate_scale, loop.progress.step) == (0, 1.0, 15)
    scale = load_checkpoint(tmp_path / "run" / names.LATEST_OPTIMIZER).progress.loss_scale
    assert 2.0**100 < scale < 2.0**127


def test_ten_broken_batches_fail_the_run_and_keep_the_last_good_weights(tmp_path: Path) -> None:
    broken = frozenset((1, number) for number in range(20))
    loop = opened(tmp_path / "run", "epochs=3", feed=DrawnFeed(steps=20, broken=broken))
    with pytest.raises(OcrwebError) as caught:
        loop.run()
    assert caught.value.code == "train.not-finite"
    assert loop.progress.step == 30
    checkpoint = load_checkpoint(tmp_path / "run" / names.LATEST_OPTIMIZER)
    assert (checkpoint.progress.step, checkpoint.progress.bad_steps, checkpoint.progress.bad_row) == (30, 10, 10)
    assert all(np.isfinite(array).all() for array in (*checkpoint.model.values(), *checkpoint.average.values()))


def test_broken_batches_all_over_the_run_fail_it_too(tmp_path: Path) -> None:
    """Every other one: never three in a row, but ten by the twentieth step."""
    broken = frozenset((0, number) for number in range(0, 40, 2))
    loop = opened(tmp_path / "run", "epochs=1", feed=DrawnFeed(steps=40, size=1, broken=broken))
    with pytest.raises(OcrwebError) as caught:
        loop.run()
    assert caught.value.code == "train.not-finite"
    assert (loop.progress.step, loop.progress.bad_steps, loop.progress.rate_scale) == (19, 10, 1.0)


def test_few_broken_batches_of_a_long_run_do_not_fail_it(tmp_path: Path) -> None:
    """A fifth of all steps may break: 11 of 66 are less."""
    broken = frozenset((0, number) for number in range(0, 66, 6))
    loop = opened(tmp_path / "run", "epochs=1", feed=DrawnFeed(steps=66, size=1, broken=broken))
    loop.run()
    assert (loop.progress.step, loop.progress.bad_steps) == (66, 11)


class Twins(Group):
    """Stands for two processes that are always where this one is."""

    def sum_array(self, values: np.ndarray) -> np.ndarray:
        return 2 * values


def test_processes_that_train_together_go_by_the_mean_of_their_clocks(tmp_path: Path) -> None:
    loop = opened(tmp_path / "run", "max_minutes=10", group=Twins(0, 2))
    loop._started = time.monotonic() - 300
    loop._agree()
    assert loop._time_used == pytest.approx(0.5, abs=0.02)


def test_time_runs_out_before_the_epochs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ocrweb.training.run import loop as module

    monkeypatch.setattr(module, "LOG_STEPS", 1)  # however few steps a busy machine takes
    loop = opened(tmp_path / "run", "epochs=10000", "max_minutes=0.01")
    loop.run()
    assert 0 < loop.progress.step < 50_000
    last = events(tmp_path / "run", "step")[-1]
    assert last["lr"] < 0.02


def test_a_full_disk_ends_the_run_and_leaves_the_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ocrweb.training.machine.failures import cause_of
    from ocrweb.training.run import loop as module

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
    assert lines[:2] == ["Starting training...", "device: cpu, precision: float32"]
    assert lines[2].startswith("epoch: 1/2, iter: 5/5, loss: ")
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


@pytest.mark.parametrize(
    ("hmean", "rank", "looked"), [(0.49, 0, True), (0.5, 0, False), (0.0, 0, True), (0.0, 1, False)]
)
def test_where_the_base_fits_the_labels_poorly_one_process_looks_at_them_before_the_first_step(
    tmp_path: Path, hmean: float, rank: int, looked: bool
) -> None:
    run = tmp_path / "run"
    loop = opened(run, "epochs=1", scores=(hmean, 0.1))
    loop._s.group = Group(rank)
    loop.measure_base()
    loop.run()
    lines = (run / names.LOG).read_text().splitlines()
    assert ("labels looked at" in lines) is looked
    if looked:
        assert lines.index("labels looked at") < next(
            at for at, line in enumerate(lines) if line.startswith("epoch: 1/1")
        )
        assert lines.count("labels looked at") == 1


def collapses(run: Path) -> list[dict[str, Any]]:
    return [event for event in events(run, "warning") if event["code"] == "train.collapsed"]


@pytest.mark.parametrize(
    ("scores", "said"),
    [((0.8, 0.39, 0.0, 0.0), 1), ((0.8, 0.3, 0.6, 0.3, 0.6, 0.6, 0.6), 0), ((0.8, 0.41), 0), ((0.8, 0.4), 0)],
    ids=["twice-under-half", "recovers-between", "over-half", "half"],
)
def test_a_collapse_is_said_once_while_it_happens(tmp_path: Path, scores: tuple[float, ...], said: int) -> None:
    run = tmp_path / "run"
    loop = opened(run, "epochs=3", "evaluation.every_steps=2", scores=scores)
    loop.measure_base()
    loop.run()
    found = collapses(run)
    assert len(found) == said
    if said:
        assert found[0]["step"] == 4


def test_the_best_stays_the_bases_when_training_collapses_and_the_count_says_so(tmp_path: Path) -> None:
    loop = opened(tmp_path / "run", "epochs=2", scores=(0.8, 0.0))
    loop.measure_base()
    loop.run()
    assert loop.progress.best["step"] == 0
    assert loop.progress.collapsed > 0
