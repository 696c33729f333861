"""Trying the GPU: in a child process, with an answer whatever happens there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb import messages
from ocrweb.config.model_names import DEFAULT
from ocrweb.runtime.engines import trial
from ocrweb.runtime.engines.choose import Abilities
from ocrweb.runtime.engines.gpu import gpu_failed
from ocrweb.runtime.engines.trial import Trial, run_child, try_gpu


def answers(monkeypatch: pytest.MonkeyPatch, code: int, stdout: str = "") -> list[Any]:
    """Let every child end so; returns what it was started with."""
    started: list[Any] = []

    def run(command: list[str], **rest: Any) -> Any:
        started.append((command, rest["env"]))
        return subprocess.CompletedProcess(command, code, stdout, "noise")

    monkeypatch.setattr(trial.subprocess, "run", run)
    return started


@pytest.mark.parametrize(
    ("code", "stdout", "failure"),
    [
        pytest.param(0, "a library's chatter\n", "", id="runs"),
        pytest.param(1, "chatter\nIt was cuDNN.\n", "It was cuDNN.", id="the child says why"),
        pytest.param(1, "", "Paddle could not be started on the GPU: exit 1.", id="the child says nothing"),
        pytest.param(-11, "half a line", "Paddle could not be started on the GPU: exit -11.", id="native crash"),
    ],
)
def test_the_answer_is_a_sentence(code: int, stdout: str, failure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    started = answers(monkeypatch, code, stdout)
    with messages.use_language("en"):
        assert run_child("paddle", 3) == failure
    command, environment = started[0]
    assert command[-2:] == ["paddle", "3"]
    assert environment["OCRWEB_LANG"] == "en"


def test_a_child_that_hangs_is_an_answer_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(command: list[str], **rest: Any) -> Any:
        raise subprocess.TimeoutExpired(command, rest["timeout"])

    monkeypatch.setattr(trial.subprocess, "run", hang)
    assert "180 s" in run_child("onnx", 0)


def test_only_libraries_built_with_cuda_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    started = answers(monkeypatch, 1, "no driver")
    monkeypatch.setattr(trial, "abilities", lambda: Abilities(bf16=False, onnx_cuda=False, paddle_cuda=True))
    assert try_gpu(0) == (Trial("ONNX Runtime", False), Trial("Paddle", True, "no driver"))
    assert len(started) == 1


@pytest.mark.slow
@pytest.mark.parametrize(("name", "library"), [("onnx", "GPU"), ("paddle", "Paddle")])
def test_a_real_child_says_why_there_is_no_gpu(
    name: str, library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    loaded = set(sys.modules)
    failure = run_child(name, 0)
    assert library in failure
    assert "Traceback" not in failure
    assert "paddle" not in set(sys.modules) - loaded


@pytest.mark.parametrize("name", ["onnx", "paddle"])
@pytest.mark.parametrize("failing", [False, True])
def test_the_child_tries_its_library_on_its_gpu_and_says_why_it_does_not_run(
    name: str, failing: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Any] = []

    def tried(way: str) -> Any:
        def run(index: int) -> None:
            asked.append((way, index))
            if failing:
                raise gpu_failed("Paddle", "no cuDNN.")

        return run

    monkeypatch.setattr(trial, "_detect", tried("onnx"))
    monkeypatch.setattr(trial, "_convolve", tried("paddle"))
    with messages.use_language("en"):
        assert trial.main([name, "3"]) == int(failing)
    assert asked == [(name, 3)]
    said = capsys.readouterr().out
    assert said == ("Paddle could not be started on the GPU: no cuDNN.\n" if failing else "")


def test_onnx_runtime_is_tried_with_the_model_that_comes_with_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def load(entry: Any, engine: str, *, device: str) -> Any:
        asked.append((entry.name, engine, device))
        return SimpleNamespace(engine=SimpleNamespace(close=lambda: asked.append("closed")))

    monkeypatch.setattr(trial, "load_engine", load)
    trial._detect(2)
    assert asked == [(DEFAULT, "onnx", "gpu:2"), "closed"]
