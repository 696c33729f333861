"""What /healthz says is true: the default model answers, and which models do not."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from types import SimpleNamespace
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


@pytest.mark.parametrize(
    ("ready", "answered", "loaded", "asked_again"),
    [
        (True, 59.9, True, False), (True, 60.0, True, True), (True, None, True, True), (False, 1.0, True, True), (False, None, False, True),
        (True, 61.0, False, False), (True, None, False, False), (False, 1.0, False, True),
    ],
)  # fmt: skip
def test_the_model_in_use_is_asked_for_an_answer_after_a_minute_unless_it_made_room_for_others(
    ready: bool, answered: float | None, loaded: bool, asked_again: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[int] = []
    monkeypatch.setattr(readiness, "load_default_model", lambda: loads.append(1))
    monkeypatch.setattr(readiness, "state", lambda: readiness.Readiness(ready))
    monkeypatch.setattr(
        readiness, "watchdog", SimpleNamespace(answered=lambda name: answered if name == DEFAULT else 0)
    )
    names = ["another", *([DEFAULT] if loaded else [])]
    monkeypatch.setattr(
        pool_module, "loaded_detectors", lambda: [SimpleNamespace(entry=SimpleNamespace(name=name)) for name in names]
    )
    readiness.check_again()
    assert loads == [1] * asked_again


def test_the_process_looks_after_its_model_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[Any] = []

    def sleep(seconds: float) -> None:
        done.append(seconds)
        if len(done) > 4:
            raise SystemExit

    monkeypatch.setattr(readiness, "load_default_model", lambda: done.append("loaded"))
    monkeypatch.setattr(readiness, "check_again", lambda: done.append("checked"))
    monkeypatch.setattr(readiness, "time", SimpleNamespace(sleep=sleep))
    with pytest.raises(SystemExit):
        readiness.keep_checking()
    assert done == ["loaded", 60.0, "checked", 60.0, "checked", 60.0]


def test_what_is_told_of_a_console_is_rounded_and_whole() -> None:
    told = readiness.Readiness(True, "m", "CPU", OcrwebError("image.empty"), 1.26, ("a", "b"), True).to_dict()
    assert (told["ready"], told["model"], told["device"], told["answered"]) == (True, "m", "CPU", 1.3)
    assert (told["error"]["code"], told["hanging"], told["restart"]) == ("image.empty", ["a", "b"], True)
    plain = readiness.Readiness(False).to_dict()
    assert (plain["error"], plain["answered"], plain["hanging"], plain["restart"]) == (None, None, [], False)


def test_a_model_in_use_that_is_gone_gives_way_to_the_default_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for used, named in (("mine", True), ("gone", False)):
        monkeypatch.setattr(readiness, "model_in_use", lambda used=used: used)
        monkeypatch.setattr(readiness, "is_named", lambda name, named=named: named)
        assert readiness._used() == (used if named else DEFAULT)
