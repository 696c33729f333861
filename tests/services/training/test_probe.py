"""The arithmetic of what a run costs, and the patience with the child that measures it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.config.loader import build
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.services.training import probe
from ocrweb.services.training.probe import GIB, SUPERVISOR_GIB, from_probe

MEASURED = {
    "device": "cpu", "seconds_to_start": 7.0, "seconds_a_step": 2.0, "seconds_an_evaluation": 0.5, "peak_gib": 3.0,
}  # fmt: skip


def config(**given: Any) -> TrainingConfig:
    plain = {"epochs": 4, "batch_size": 3, "optimizer": {"accumulate": 2}, "evaluation": {"validation_ratio": 0.25, "max_pictures": 10}}  # fmt: skip
    return build(TrainingConfig, {**plain, **given})


EVALUATION = {"validation_ratio": 0.25, "max_pictures": 10}


@pytest.mark.parametrize(
    ("given", "pictures", "held", "steps", "evaluations", "judged", "trained"),
    [
        ({}, 20, 5, 12, 4, 5, 24.0),  # 15 left: 3 steps of 6 an epoch
        ({}, 21, 5, 12, 4, 5, 24.0),
        ({}, 24, 6, 12, 4, 6, 24.0),
        ({}, 25, 6, 16, 4, 6, 32.0),
        ({}, 100, 10, 60, 4, 10, 120.0),
        ({}, 1, 0, 4, 4, 1, 8.0),
        ({}, 0, 0, 4, 4, 0, 8.0),
        ({"epochs": 30}, 20, 5, 90, 10, 5, 180.0),
        ({"epochs": 30, "max_minutes": 2}, 20, 5, 90, 10, 5, 120.0),
        ({"max_minutes": 2}, 20, 5, 12, 10, 5, 24.0),
        ({"evaluation": {**EVALUATION, "every_steps": 5}}, 20, 5, 12, 2, 5, 24.0),
        ({"evaluation": {**EVALUATION, "validation_ratio": 0.0}}, 20, 0, 16, 4, 10, 32.0),
        ({"evaluation": {**EVALUATION, "validation_ratio": 0.0}}, 7, 0, 8, 4, 7, 16.0),
    ],
)
def test_steps_evaluations_and_time_follow_from_the_settings(
    given: dict[str, Any], pictures: int, held: int, steps: int, evaluations: int, judged: int, trained: float
) -> None:
    found = from_probe(config(**given), pictures, MEASURED, 3.5)
    assert (found.pictures, found.held_out, found.steps, found.evaluations) == (pictures, held, steps, evaluations)
    assert found.seconds == pytest.approx(7.0 + trained + (evaluations + 2) * judged * 0.5)
    assert (found.memory, found.available, found.device) == (3.0 + SUPERVISOR_GIB, 3.5, "cpu")


@pytest.mark.parametrize(("available", "too_large"), [(3.3, False), (3.2, False), (3.1, True)])
def test_too_large_is_what_needs_more_than_there_is(available: float, too_large: bool) -> None:
    assert from_probe(config(), 20, MEASURED, available).too_large is too_large


class Child:
    """Answers when it was asked so often."""

    def __init__(self, after: int) -> None:
        self.after, self.asked = after, 0

    def communicate(self, timeout: float) -> tuple[bytes, None]:
        self.asked += 1
        if self.asked <= self.after:
            raise subprocess.TimeoutExpired("probe", timeout)
        return b"told", None


@pytest.mark.parametrize(
    ("after", "spare", "code"),
    [(0, 0.0, None), (10, 0.03, None), (10, 0.0299, "jobs.probe-memory"), (11, 0.5, "jobs.probe-slow")],
)
def test_a_child_may_take_its_time_and_leaves_a_share_of_the_memory(
    after: int, spare: float, code: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    child: Any = Child(after)
    monkeypatch.setattr(probe.time, "monotonic", lambda: float(child.asked))
    monkeypatch.setattr(probe.psutil, "virtual_memory", lambda: SimpleNamespace(available=spare * 8 * GIB, total=8 * GIB))  # fmt: skip
    if code is None:
        assert probe._await(child, 10.0, 3.14159) == b"told"
        return
    with pytest.raises(OcrwebError) as refused:
        probe._await(child, 10.0, 3.14159)
    assert refused.value.code == code
    assert refused.value.params == ({"free": "3.1"} if "memory" in code else {"seconds": 10})


def test_what_is_free_is_that_of_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    gpus = [SimpleNamespace(index=0, free=2 * GIB), SimpleNamespace(index=1, free=5 * GIB)]
    monkeypatch.setattr(probe, "see_gpus", lambda: SimpleNamespace(gpus=gpus))
    monkeypatch.setattr(probe.psutil, "virtual_memory", lambda: SimpleNamespace(available=7 * GIB))
    assert {device: probe._available(device) for device in ("cpu", "gpu", "gpu:1", "gpu:2")} == {
        "cpu": 7.0, "gpu": 2.0, "gpu:1": 5.0, "gpu:2": 0.0,
    }  # fmt: skip


class Started:
    """The child that measures: what it prints and how it ends, or what becomes of the wait for it."""

    def __init__(self, printed: str, code: int = 0, failure: Exception | None = None) -> None:
        self.printed, self.returncode, self.failure = printed, code, failure
        self.config, self.given, self.ended = "", dict[str, Any](), 0

    def start(self, module: str, file: Path, **given: Any) -> Started:
        assert module == "ocrweb.training.probe"
        self.config, self.given = file.read_text(encoding="utf-8"), given
        return self

    def wait(self, child: Any, timeout: float, free: float) -> bytes:
        assert (child, timeout) == (self, 5.0)
        if self.failure is not None:
            raise self.failure
        return self.printed.encode()

    def end(self, child: Any) -> None:
        assert child is self
        self.ended += 1


@pytest.mark.parametrize(
    ("child", "code", "told"),
    [
        (Started(json.dumps(MEASURED)), None, MEASURED),
        (Started("words of a library\n" + json.dumps(MEASURED)), None, MEASURED),
        (Started("", 3), "jobs.probe-failed", {"reason": "exit 3"}),
        (Started("words alone", 0), "jobs.probe-failed", {"reason": "exit 0"}),
        (Started(json.dumps(MEASURED), -9), "jobs.probe-memory", {"free": "2.5"}),
        (Started("", failure=OcrwebError("jobs.probe-slow", seconds=5)), "jobs.probe-slow", {"seconds": 5}),
    ],
    ids=["answered", "after words", "failed", "no answer", "killed", "slow"],
)
def test_the_child_is_told_the_settings_and_is_ended_whatever_comes_of_it(
    child: Started, code: str | None, told: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "start_module", child.start)
    monkeypatch.setattr(probe, "_await", child.wait)
    monkeypatch.setattr(probe, "end_group", child.end)
    monkeypatch.setattr(probe.psutil, "virtual_memory", lambda: SimpleNamespace(available=2.5 * GIB))
    if code is None:
        assert probe._probe(config(), 5.0) == told
    else:
        with pytest.raises(OcrwebError) as refused:
            probe._probe(config(), 5.0)
        assert (refused.value.code, refused.value.params) == (code, told)
    assert child.ended == 1
    assert child.given["start_new_session"] is True
    assert "batch_size: 3" in child.config


def test_what_was_measured_is_measured_once_for_these_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    asked: list[int] = []

    def measure(given: TrainingConfig, timeout: float) -> dict[str, Any]:
        asked.append(given.batch_size)
        return {**MEASURED, "seconds_a_step": float(given.batch_size)}

    monkeypatch.setattr(probe, "_probe", measure)
    for batch in (3, 2, 3, 2):
        assert probe._measured(config(batch_size=batch), 5.0)["seconds_a_step"] == batch
    assert probe._measured(config(epochs=99), 5.0)["seconds_a_step"] == 3
    assert asked == [3, 2]
