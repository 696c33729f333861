"""A network that does not answer is named and refused; whoever waited is free, and other models go on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime import detector as detector_module
from ocrweb.runtime import pool as pool_module
from ocrweb.runtime.pool import DetectorPool
from ocrweb.runtime.watchdog import REST, VARIABLE, Silence, Watchdog, patience_for
from tests.runtime.hostile import save_endless
from tests.runtime.networks import save_brightness

SOON = 0.05  # seconds that nobody answers within; an answer that must come is waited for without a limit
LONG = 60.0


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Opened at the end, so that no thread of a test stays."""
    event = threading.Event()
    yield event
    event.set()


def silence(watched: Watchdog, gate: threading.Event, model: str = "deaf", **more: object) -> None:
    with pytest.raises(OcrwebError) as caught:
        watched.call(model, 1, gate.wait, SOON, **more)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.params["name"]) == ("engine.no-answer", model)


def until_freed(watched: Watchdog) -> None:
    """Two calls in turn use the thread that the late call gives back, so after them it has ended."""
    while any(state.stuck for state in watched.silent()):
        threading.Event().wait(0.001)


def test_an_answer_and_a_failure_come_through() -> None:
    watched = Watchdog()
    assert watched.call("m", 1, lambda: 7, LONG) == 7
    with pytest.raises(ZeroDivisionError):
        watched.call("m", 1, lambda: 1 // 0, LONG)
    assert watched.silent() == ()


def test_a_model_that_does_not_answer_is_refused_at_once_and_another_answers(gate: threading.Event) -> None:
    watched = Watchdog()
    silence(watched, gate)
    assert watched.silent() == (Silence("deaf", stuck=True),)
    with pytest.raises(OcrwebError) as refused:
        watched.call("deaf", 1, lambda: pytest.fail("it ran"), LONG)
    assert refused.value.code == "engine.silent"
    assert watched.call("other", 1, lambda: 7, LONG) == 7


def test_a_late_answer_shows_that_it_was_only_slow(gate: threading.Event) -> None:
    watched = Watchdog()
    silence(watched, gate)
    gate.set()
    until_freed(watched)
    assert watched.silent() == ()
    assert watched.call("deaf", 1, lambda: 7, LONG) == 7


def test_a_run_that_was_ended_leaves_the_model_refused_until_it_has_rested(gate: threading.Event) -> None:
    clock = Clock()
    watched = Watchdog(clock)

    def ended() -> None:
        gate.wait()
        raise OcrwebError("engine.run-failed", engine="x", reason="ended")

    with pytest.raises(OcrwebError):
        watched.call("deaf", 1, ended, SOON, gate.set)
    until_freed(watched)
    assert watched.silent() == (Silence("deaf", stuck=False),)
    clock.now = REST - 1
    with pytest.raises(OcrwebError):
        watched.check("deaf", 1)
    clock.now = REST
    assert watched.call("deaf", 1, lambda: 7, LONG) == 7
    assert watched.silent() == ()


def test_other_files_under_the_same_name_get_their_chance(gate: threading.Event) -> None:
    watched = Watchdog()
    silence(watched, gate)
    assert watched.call("deaf", 2, lambda: 7, LONG) == 7


def test_threads_are_used_again() -> None:
    watched = Watchdog()
    threads = {watched.call("m", 1, threading.current_thread, LONG) for _ in range(20)}
    assert len(threads) <= 2  # the first may be still on its way back when the second call comes


def test_more_pixels_are_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert patience_for(0) >= 60
    assert patience_for(4_000_000) >= patience_for(0) + 60
    monkeypatch.setenv(VARIABLE, "5")
    assert patience_for(0) == 5
    monkeypatch.setenv(VARIABLE, "soon")
    with pytest.raises(OcrwebError) as caught:
        patience_for(0)
    assert caught.value.code == "usage.bad-value"


@pytest.mark.parametrize(("engine", "stuck"), [("onnx", False), ("openvino", True)])
def test_an_endless_network_is_named_and_another_model_answers_meanwhile(
    engine: str, stuck: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loaded from a file by its owner: a loop of 2^62 turns. ONNX Runtime can end it; OpenVINO keeps a thread in it."""
    turns = 2**62 if engine == "onnx" else 1_000_000  # some seconds: no test leaves a thread that turns for ever
    hostile = save_endless(tmp_path / "endless.onnx", turns, bright_only=True)
    good = save_brightness(tmp_path / "good.onnx")
    watched = Watchdog()
    for module in (detector_module, pool_module):
        monkeypatch.setattr(module, "watchdog", watched)
    shared = DetectorPool()
    detector = shared.get(str(hostile), engine, "f32")
    bright = np.full((32, 32, 3), 255, np.uint8)
    with monkeypatch.context() as hurried:
        hurried.setattr(detector_module, "patience_for", lambda pixels: SOON)
        assert detector.detect(bright).error.code == "engine.no-answer"  # type: ignore[union-attr]
    if stuck:
        assert watched.silent() == (Silence(str(hostile), stuck=True),)
    else:
        until_freed(watched)
        assert watched.silent() == (Silence(str(hostile), stuck=False),)
    with pytest.raises(OcrwebError) as refused:
        shared.get(str(hostile), engine, "f32")
    assert refused.value.code == "engine.silent"
    assert shared.get(str(good), engine, "f32").detect(bright).success


def test_since_when_a_model_answered_is_told_of_each_alone() -> None:
    clock = Clock()
    watched = Watchdog(clock)
    assert watched.answered("a") is None
    clock.now = 10.0
    watched.tell_answer("a")
    clock.now = 12.5
    assert (watched.answered("a"), watched.answered("b")) == (2.5, None)
    watched.tell_answer("b")
    assert (watched.answered("a"), watched.answered("b")) == (2.5, 0.0)
    watched.tell_answer("a")
    assert watched.answered("a") == 0.0


def test_an_answer_in_the_last_moment_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes when the wait is over and before anybody has noted that."""
    watched, interrupted = Watchdog(), list[int]()
    monkeypatch.setattr(threading.Event, "wait", lambda self, timeout=None: _until(self) and False)
    assert watched.call("m", 1, lambda: 7, LONG, lambda: interrupted.append(1)) == 7
    assert (watched.silent(), interrupted) == ((), [])


def _until(event: threading.Event) -> bool:
    with event._cond:  # type: ignore[attr-defined]
        event._cond.wait_for(event.is_set)  # type: ignore[attr-defined]
    return True
