"""The probe takes the steps of a run with pictures of noise, and tells what they cost."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import paddle
import pytest

from ocrweb.config.loader import build, dump_yaml
from ocrweb.config.training import TrainingConfig
from ocrweb.training import probe
from ocrweb.training.probe import BUDGET, STEPS, noise
from tests.training.program import run_as_program


def test_noise_is_a_batch_whose_upper_half_is_text() -> None:
    batch = noise(3, 64)
    assert (batch.images.shape, batch.images.dtype) == ((3, 3, 64, 64), np.float32)
    assert batch.shrink_map.shape == batch.threshold_map.shape == (3, 64, 64)
    assert batch.shrink_map[:, :32].all()
    assert not batch.shrink_map[:, 32:].any()
    assert np.unique(batch.threshold_map).tolist() == pytest.approx([0.3, 0.7])
    assert batch.shrink_mask.all()
    assert batch.threshold_mask.all()
    assert abs(float(batch.images.mean())) < 0.05


@pytest.mark.parametrize(
    ("seconds", "steps", "told"),
    [([90, 1, 2, 9], 4, 2.0), ([90, 15, 7, 1], 3, 11.0), ([90, 20, 1, 1], 2, 20.0), ([90, 19, 2, 1], 3, 10.5)],
)
def test_steps_are_timed_after_an_untimed_one_and_only_so_long(
    seconds: list[float], steps: int, told: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, taken, kept = SimpleNamespace(now=100.0), list[tuple[int, int]](), list[bool]()
    base = SimpleNamespace(model=paddle.nn.Linear(1, 1))

    class Stepper:
        def __init__(self, *given: Any, group: Any, parts: int) -> None:
            assert parts == 3

        def step(self, batch: Any, rate: float) -> None:
            clock.now += seconds[len(taken)]
            taken.append((len(batch), batch.images.shape[-1]))

    monkeypatch.setattr(probe, "select_device", lambda wanted: "cpu")
    monkeypatch.setattr(probe, "keep_freed_memory", lambda: kept.append(True))
    begun: list[Any] = []
    monkeypatch.setattr(probe, "load_base", lambda model, random_weights: begun.append((model, random_weights)) or base)
    monkeypatch.setattr(probe, "into_training", lambda *given: begun.append(given))
    monkeypatch.setattr(probe, "Stepper", Stepper)
    monkeypatch.setattr(probe, "_evaluation", lambda base, config: 0.5)
    monkeypatch.setattr(probe, "_peak", lambda device: 1.5)
    monkeypatch.setattr(probe.time, "monotonic", lambda: clock.now)
    config = build(TrainingConfig, {"batch_size": 2, "crop_size": 64, "model": "a", "optimizer": {"accumulate": 3}})
    found = probe.measure(config)
    assert (STEPS, BUDGET) == (3, 20.0)
    assert taken == [(6, 64)] * steps
    assert {name: value for name, value in found.items() if name != "seconds_to_start"} == {
        "device": "cpu", "seconds_a_step": told, "seconds_an_evaluation": 0.5, "peak_gib": 1.5,
    }  # fmt: skip
    assert 0 < found["seconds_to_start"] < 1e6
    assert kept == [True]
    assert begun == [("a", False), (base, config)]


def test_an_evaluation_is_of_one_picture_as_large_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes: list[list[int]] = []

    class Model(paddle.nn.Layer):  # type: ignore[misc]
        def forward(self, picture: Any) -> Any:
            shapes.append(picture.shape)
            assert not self.training
            return picture

    model = Model()
    for side, shape in ((640, [1, 3, 640, 448]), (641, [1, 3, 672, 480]), (32, [1, 3, 32, 32])):
        model.train()
        base: Any = SimpleNamespace(model=model, rule=lambda options, side=side: SimpleNamespace(resize=SimpleNamespace(limit_side=side)))  # fmt: skip
        assert probe._evaluation(base, TrainingConfig()) >= 0
        assert shapes.pop() == shape


def test_the_peak_is_of_the_device_that_trains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paddle.device.cuda, "max_memory_reserved", lambda: 3 * 2**30)
    assert probe._peak("gpu:0") == 3.0
    assert 0.05 < probe._peak("cpu") < 64


def test_it_answers_with_one_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.setattr(probe, "measure", lambda config: {"seconds_a_step": config.epochs})
    (tmp_path / "config.yml").write_text(dump_yaml(TrainingConfig(epochs=7)))
    assert probe.main([str(tmp_path / "config.yml")]) == 0
    assert json.loads(capsys.readouterr().out) == {"seconds_a_step": 7}


def test_run_as_a_program_it_is_the_first_to_go_when_memory_runs_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    said: list[tuple[str, str]] = []
    monkeypatch.setattr(Path, "write_text", lambda path, text, encoding: said.append((str(path), text)))
    assert getattr(run_as_program(probe, monkeypatch, str(tmp_path / "none.yml")), "code", None) == 1
    assert said == [("/proc/self/oom_score_adj", "1000")]
    assert "code" in json.loads(capsys.readouterr().out)
