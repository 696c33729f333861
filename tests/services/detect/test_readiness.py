"""What /healthz says is true: the default model answers, and which models do not."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime import detector as detector_module
from ocrweb.runtime import pool as pool_module
from ocrweb.runtime.detector import Detector
from ocrweb.runtime.watchdog import Watchdog
from ocrweb.services.detect import readiness
from ocrweb.ui.page import health
from tests.own_loop import run_async

DEFAULT = "ppocrv6-small"


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watchdog:
    made = Watchdog()
    for module in (detector_module, pool_module, readiness):
        monkeypatch.setattr(module, "watchdog", made)
    monkeypatch.setattr(readiness, "_state", readiness.Readiness(False))
    return made


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def silence(watched: Watchdog, name: str, gate: threading.Event) -> None:
    with pytest.raises(OcrwebError):
        watched.call(name, (), gate.wait, 0.01)


def asked() -> tuple[int, dict[str, Any]]:
    answer = run_async(health.answer)
    return answer.status_code, json.loads(bytes(answer.body))


def test_nothing_is_ready_before_the_default_model_has_answered(watched: Watchdog, detector: Detector) -> None:
    assert asked()[0] == 503
    readiness.load_default_model()
    status, state = asked()
    assert (status, state["ready"], state["model"], state["hanging"]) == (200, True, DEFAULT, [])
    assert 0 <= state["answered"] < 60


def test_another_model_that_hangs_is_named_and_the_console_stays_ready(
    watched: Watchdog, detector: Detector, gate: threading.Event
) -> None:
    readiness.load_default_model()
    silence(watched, "mine", gate)
    status, state = asked()
    assert (status, state["ready"], state["hanging"], state["restart"]) == (200, True, ["mine"], True)


def test_a_default_model_that_hangs_makes_the_console_unready(
    watched: Watchdog, detector: Detector, gate: threading.Event
) -> None:
    readiness.load_default_model()
    silence(watched, DEFAULT, gate)
    status, state = asked()
    assert (status, state["ready"], state["hanging"]) == (503, False, [DEFAULT])
    assert state["error"]["code"] == "engine.silent"


def test_every_answer_of_the_default_model_counts(watched: Watchdog, detector: Detector) -> None:
    assert readiness.state().answered is None
    detector.detect(np.full((64, 64, 3), 255, np.uint8))
    assert readiness.state().answered is not None


def test_the_default_model_is_asked_only_when_nobody_else_did(
    watched: Watchdog, detector: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    readiness.load_default_model()
    loads: list[int] = []
    monkeypatch.setattr(readiness, "load_default_model", lambda: loads.append(1))
    readiness.check_again()
    assert loads == []
    monkeypatch.setattr(readiness, "CHECK_SECONDS", 0.0)
    readiness.check_again()
    assert loads == [1]


def test_a_console_whose_model_failed_becomes_ready_when_the_cause_is_gone(
    watched: Watchdog, detector: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Detector:
        raise OcrwebError("model.not-shipped", name=DEFAULT, package="rapidocr")

    with monkeypatch.context() as patched:
        patched.setattr(pool_module, "shared_detector", broken)
        readiness.load_default_model()
    assert asked()[1]["error"]["code"] == "model.not-shipped"
    readiness.check_again()
    assert asked()[0] == 200
