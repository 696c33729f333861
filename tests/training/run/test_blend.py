"""The average of a run's best weights: judged on the validation pictures, kept where it is better, never much disk."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ocrweb.evaluation.metric import Score
from ocrweb.evaluation.sweep import Choice
from ocrweb.model.pdparams import read_pdparams
from ocrweb.rundir import names
from ocrweb.rundir.status import read_status
from ocrweb.training.learn.evaluate import Evaluation
from ocrweb.training.run import blend as blending
from ocrweb.training.run import rank
from ocrweb.training.run.blend import mean_of
from ocrweb.training.run.checkpoint import load_checkpoint
from ocrweb.training.run.loop import Loop
from tests.training.loops import events, opened
from tests.training.tiny import TinyDetector

SCORES = (0.2, 0.5, 0.4, 0.1, 0.3)


def candidates(run: Path) -> list[str]:
    folder = run / names.CANDIDATES
    return sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []


def trained(run: Path, *words: str, scores: tuple[float, ...] = SCORES) -> Loop:
    loop = opened(run, f"epochs={len(scores)}", *words, scores=scores)
    loop.run()
    return loop


def end(loop: Loop, hmean: float, monkeypatch: pytest.MonkeyPatch, *, held_out: bool = True) -> list[Any]:
    """End a run whose average would score ``hmean``; the networks that were judged."""
    judged: list[Any] = []

    class Scores:
        def __init__(self, *given: Any) -> None: ...

        def evaluate(self, model: Any, grid: Any) -> Evaluation:
            judged.append({name: tensor.numpy() for name, tensor in model.state_dict().items()})
            score = Score(hmean, hmean, hmean, 1, 1, 1, 1)
            return Evaluation(Choice(0.31, 0.62, 1.53, score), score)

    monkeypatch.setattr(blending, "Evaluator", Scores)
    monkeypatch.setattr(blending, "new_layer", lambda architecture: TinyDetector(seed=9))
    made: Any = SimpleNamespace(
        session=loop._s,
        rule=None,
        base=SimpleNamespace(architecture=None),
        parts=SimpleNamespace(held_out=held_out, validation=()),
    )
    rank._blend(made, loop)
    return judged


def test_only_the_best_few_evaluations_are_on_the_disk(tmp_path: Path) -> None:
    loop = trained(tmp_path / "run", "checkpoint.averaged=2")
    assert loop.progress.kept == ((0.5, 10), (0.4, 15))
    assert loop.progress.evaluations == 5
    assert candidates(tmp_path / "run") == ["step_000010.pdparams", "step_000015.pdparams"]


def test_a_better_average_becomes_the_best_and_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = tmp_path / "run"
    loop = trained(run)
    folder = run / names.CANDIDATES
    mean = mean_of([read_pdparams(folder / f"step_{step:06d}.pdparams") for step in (10, 15, 25)])
    (judged,) = end(loop, 0.6, monkeypatch)
    saved = read_pdparams(run / names.BEST)
    for name, array in mean.items():
        np.testing.assert_array_equal(saved[name], array)
        np.testing.assert_array_equal(judged[name], array)
    best = {"hmean": 0.6, "precision": 0.6, "recall": 0.6, "step": 25, "epoch": 2}
    assert best.items() <= loop.progress.best.items()
    assert loop.progress.best["threshold"] == 0.31
    assert read_status(run).best["hmean"] == 0.6
    assert load_checkpoint(run / names.LATEST_OPTIMIZER).progress.best["hmean"] == 0.6  # for who goes on from here
    assert [(one["steps"], one["before"]) for one in events(run, "blend")] == [([10, 15, 25], 0.5)]
    assert "averaged: steps 10, 15, 25, hmean: 0.6000, best single: 0.5000" in (run / names.LOG).read_text()
    assert candidates(run) == []


@pytest.mark.parametrize("hmean", [0.5, 0.3], ids=["as good", "worse"])
def test_an_average_that_is_not_better_leaves_the_best_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hmean: float
) -> None:
    loop = trained(tmp_path / "run")
    before = (tmp_path / "run" / names.BEST).read_bytes()
    assert len(end(loop, hmean, monkeypatch)) == 1
    assert (tmp_path / "run" / names.BEST).read_bytes() == before
    assert loop.progress.best["hmean"] == 0.5
    assert events(tmp_path / "run", "blend") == []
    assert candidates(tmp_path / "run") == []


@pytest.mark.parametrize(
    ("words", "scores", "held_out"),
    [((), (0.2, 0.5), True), (("checkpoint.averaged=0",), SCORES, True), ((), SCORES, False)],
    ids=["two evaluations", "switched off", "nothing held out"],
)
def test_some_runs_do_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], scores: tuple[float, ...], held_out: bool
) -> None:
    loop = trained(tmp_path / "run", *words, scores=scores)
    assert end(loop, 0.9, monkeypatch, held_out=held_out) == []
    assert candidates(tmp_path / "run") == []


def test_the_base_model_is_no_candidate(tmp_path: Path) -> None:
    loop = opened(tmp_path / "run", "epochs=1", scores=(0.9, 0.5))
    loop.measure_base()
    assert candidates(tmp_path / "run") == []
    loop.run()
    assert loop.progress.kept == ((0.5, 5),)


def test_a_lost_or_damaged_candidate_does_not_fail_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = trained(tmp_path / "run")
    folder = tmp_path / "run" / names.CANDIDATES
    (folder / "step_000010.pdparams").unlink()
    (folder / "step_000015.pdparams").write_bytes(b"half")
    assert end(loop, 0.9, monkeypatch) == []
    assert candidates(tmp_path / "run") == []
