"""The weights of the best evaluations are put by, as many as asked for, and those of no other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocrweb.rundir import names
from ocrweb.training.run import candidates
from ocrweb.training.run.candidates import keep_candidate, weights_file

Kept = tuple[tuple[float, int], ...]


@pytest.fixture(autouse=True)
def saved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "save_weights", lambda model, path: path.write_text(model))


def put_by(run: Path) -> dict[int, str]:
    folder = run / names.CANDIDATES
    return {int(path.stem.split("_")[1]): path.read_text() for path in folder.iterdir()} if folder.is_dir() else {}


def told(run: Path, evaluations: list[tuple[float, int]], most: int) -> Kept:
    kept: Kept = ()
    for hmean, step in evaluations:
        model: Any = f"weights of {step}"
        kept = keep_candidate(kept, hmean, step, most, model, run)
    return kept


@pytest.mark.parametrize(
    ("evaluations", "most", "kept"),
    [
        ([(0.5, 10)], 2, [(0.5, 10)]),
        ([(0.5, 10), (0.7, 20), (0.6, 30)], 2, [(0.7, 20), (0.6, 30)]),
        ([(0.7, 10), (0.6, 20), (0.5, 30)], 2, [(0.7, 10), (0.6, 20)]),
        ([(0.5, 10), (0.5, 20), (0.5, 30)], 2, [(0.5, 30), (0.5, 20)]),  # of equal ones the later
        ([(0.5, 10), (0.4, 10)], 2, [(0.4, 10)]),  # the same step again, after a resume
        ([(0.5, 10), (0.6, 20)], 0, []),
    ],
)
def test_the_best_stay_with_their_weights(
    evaluations: list[tuple[float, int]], most: int, kept: list[tuple[float, int]], tmp_path: Path
) -> None:
    assert list(told(tmp_path, evaluations, most)) == kept
    assert put_by(tmp_path) == {step: f"weights of {step}" for _, step in kept}


def test_a_full_disk_costs_the_candidate_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = told(tmp_path, [(0.5, 10), (0.6, 20)], 2)

    def full(model: object, path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(candidates, "save_weights", full)
    assert set(keep_candidate(before, 0.9, 30, 2, None, tmp_path)) == {(0.5, 10), (0.6, 20)}  # type: ignore[arg-type]
    assert set(put_by(tmp_path)) == {10, 20}


def test_weights_that_are_gone_already_do_not_matter(tmp_path: Path) -> None:
    before = told(tmp_path, [(0.5, 10)], 1)
    weights_file(tmp_path / names.CANDIDATES, 10).unlink()
    model: Any = "weights of 20"
    assert keep_candidate(before, 0.6, 20, 1, model, tmp_path) == ((0.6, 20),)
    assert weights_file(tmp_path, 7).name == "step_000007.pdparams"
