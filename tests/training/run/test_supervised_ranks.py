"""How the supervisor starts its processes, hears of the first that fails, and ends the rest; none is started here."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.training import worker
from ocrweb.training.machine.ranks import leave_cause, take_cause
from ocrweb.training.worker import Supervisor


class Rank:
    """A process that ends with ``code`` at a time of the clock, or never by itself; a second after SIGTERM when it listens."""

    def __init__(self, clock: Clock, code: int, ends: float = float("inf"), *, listens: bool = True) -> None:
        self._clock, self._code, self._ends, self._listens = clock, code, ends, listens
        self.returncode: int | None = None
        self.heard: list[int] = []
        self.killed_at: float | None = None

    def poll(self) -> int | None:
        if self.returncode is None and self._clock.now >= self._ends:
            self.returncode = self._code
        return self.returncode

    def send_signal(self, number: int) -> None:
        self.heard.append(number)
        if self._listens:
            self._ends = min(self._ends, self._clock.now + 1)

    def kill(self) -> None:
        if self.poll() is None:
            self.returncode, self.killed_at = -signal.SIGKILL, self._clock.now


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.at: dict[float, Callable[[], None]] = {}

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        for when in [when for when in self.at if when <= self.now]:
            self.at.pop(when)()
        assert self.now < 1000, "it waits for ever"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(worker.time, "monotonic", lambda: clock.now)
    monkeypatch.setattr(worker.time, "sleep", clock.sleep)
    return clock


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Supervisor]:
    """A supervisor of such processes; `asked` is what each was started with."""

    def made(*ranks: Rank, resume: bool = False) -> Supervisor:
        left = list(ranks)
        asked: list[Any] = []

        def start_module(module: str, *words: Any, environment: Any) -> Rank:
            asked.append((module, *words, environment))
            return left.pop(0)

        monkeypatch.setattr(worker, "start_module", start_module)
        monkeypatch.setattr(worker, "rank_environments", lambda devices: [f"environment of {one}" for one in devices])
        supervisor: Any = Supervisor(tmp_path, [str(number) for number in range(len(ranks))], resume=resume)
        supervisor.asked = asked
        return supervisor

    return made


@pytest.mark.parametrize(
    ("resume", "halve", "words"),
    [(False, False, []), (True, False, ["--resume"]), (False, True, ["--halve"]), (True, True, ["--resume", "--halve"])],
)  # fmt: skip
def test_each_process_is_told_its_supervisor_and_what_to_do(
    resume: bool, halve: bool, words: list[str], clock: Clock, start: Any, tmp_path: Path
) -> None:
    supervisor = start(Rank(clock, 0, 103), Rank(clock, 0, 101), resume=resume)
    assert supervisor._train(halve) == (0, 0)
    common = ("ocrweb.training.worker", tmp_path, "--rank", str(os.getpid()), *words)
    assert supervisor.asked == [(*common, "environment of 0"), (*common, "environment of 1")]
    assert 103 <= clock.now < 103.2


def test_what_an_earlier_attempt_said_is_forgotten(clock: Clock, start: Any, tmp_path: Path) -> None:
    for number in (0, 1):
        leave_cause(tmp_path, number, OcrwebError("image.empty"))
    start(Rank(clock, 0, 101), Rank(clock, 0, 101))._train(False)
    assert [take_cause(tmp_path, number) for number in (0, 1)] == [None, None]


@pytest.mark.parametrize("first", [0, 1])
def test_when_one_fails_the_others_have_some_seconds_and_are_then_killed(first: int, clock: Clock, start: Any) -> None:
    ranks = [Rank(clock, 0), Rank(clock, 0)]
    ranks[first] = Rank(clock, 3, 110)
    assert start(*ranks)._train(False) == (first, 3)
    killed = ranks[1 - first].killed_at
    assert killed is not None
    assert 115 < killed < 115.5


def test_one_that_ends_well_takes_nobody_with_it(clock: Clock, start: Any) -> None:
    last = Rank(clock, 0, 160)
    assert start(Rank(clock, 0, 101), last)._train(False) == (0, 0)
    assert last.killed_at is None


def test_the_first_to_fail_is_the_one_that_is_lost(clock: Clock, start: Any) -> None:
    assert start(Rank(clock, -9, 112), Rank(clock, 4, 110), Rank(clock, 5, 111))._train(False) == (1, 4)


def test_all_that_fail_in_the_same_instant_are_heard_too(clock: Clock, start: Any) -> None:
    assert start(Rank(clock, 0, 100), Rank(clock, 7, 100))._train(False) == (1, 7)


def test_a_stop_is_passed_on_to_those_that_run_and_waited_for(clock: Clock, start: Any) -> None:
    ended, running = Rank(clock, 0, 101), Rank(clock, 0)
    supervisor = start(ended, running)
    clock.at[105] = lambda: supervisor._pass_on(signal.SIGINT, None)
    assert supervisor._train(False) == (0, 0)
    assert (ended.heard, running.heard, running.killed_at) == ([], [signal.SIGTERM], None)
    assert supervisor._stopping


def test_a_stop_that_came_before_they_were_started_reaches_them(clock: Clock, start: Any) -> None:
    ranks = [Rank(clock, 0), Rank(clock, 0)]
    supervisor = start(*ranks)
    supervisor._pass_on(signal.SIGTERM, None)
    supervisor._train(False)
    assert [rank.heard for rank in ranks] == [[signal.SIGTERM], [signal.SIGTERM]]
