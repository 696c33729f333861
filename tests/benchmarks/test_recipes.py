"""The search over settings: it goes on where it stopped, and compares like with like."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest

from benchmarks.recipes.search import Trial, read_log, search, table, trials
from benchmarks.recipes.settings import AS_IT_IS, SETTINGS
from ocrweb.config.loader import build, parse_overrides
from ocrweb.config.training import TrainingConfig


def wanted(*only: str, seeds: tuple[int, ...] = (1, 2), epochs: int = 0) -> list[Trial]:
    options = argparse.Namespace(
        train=".", dev=".", minutes=1.0, epochs=epochs, seeds=seeds, only=only, word=["batch_size=2"]
    )
    return trials(options)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_one_that_a_training_takes(name: str) -> None:
    config = build(TrainingConfig, parse_overrides(SETTINGS[name]))
    assert (config == TrainingConfig()) is (name in (AS_IT_IS, "dice"))  # dice is the usual loss


def test_a_training_ends_by_the_clock_or_by_its_epochs_never_by_both() -> None:
    assert {(trial.minutes, trial.epochs) for trial in wanted(AS_IT_IS)} == {(1.0, 0)}
    assert {(trial.minutes, trial.epochs) for trial in wanted(AS_IT_IS, epochs=5)} == {(0.0, 5)}


def test_what_the_log_has_is_not_done_again_even_after_half_a_line(tmp_path: Path) -> None:
    log, done = tmp_path / "log.jsonl", list[str]()

    def run(trial: Trial) -> dict[str, Any]:
        done.append(f"{trial.name} {trial.seed}")
        if len(done) == 2:
            raise KeyboardInterrupt
        return {"hmean": 0.5}

    with pytest.raises(KeyboardInterrupt):
        search(wanted(AS_IT_IS, "bce"), log, run)
    with log.open("a") as file:
        file.write('{"trial": {"na')
    search(wanted(AS_IT_IS, "bce"), log, run)
    assert done == ["as it is 1", "bce 1", "bce 1", "as it is 2", "bce 2"]
    assert len(read_log(log)) == 4


def test_gains_are_told_over_the_same_seeds_and_failures_by_their_code() -> None:
    def row(name: str, seed: int, **figures: Any) -> dict[str, Any]:
        return {"trial": {"name": name, "seed": seed}, **figures}

    lines = table([
        row(AS_IT_IS, 1, hmean=0.5), row(AS_IT_IS, 2, hmean=0.9), row("bce", 1, hmean=0.6),
        row("batch 4", 1, error="train.out-of-memory"),
    ])  # fmt: skip
    assert lines[2:] == [
        "| as it is | 0.7000 | 2 | – |",
        "| bce | 0.6000 | 1 | +0.1000 |",
        "failed: batch 4, seed 1: train.out-of-memory",
    ]
