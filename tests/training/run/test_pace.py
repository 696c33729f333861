"""Losses and speed between two progress lines: means of the steps since, without the time of evaluations."""

from __future__ import annotations

import pytest

from ocrweb.training.run import pace as module
from ocrweb.training.run.pace import Pace


class Clock:
    now = 50.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module.time, "monotonic", clock)
    return clock


def test_means_are_of_the_steps_since_the_last_line_and_evaluations_cost_nothing(clock: Clock) -> None:
    pace = Pace()
    clock.now += 1000  # before the start
    assert pace.seconds == 0
    pace.start()
    for loss in (1.0, 3.0):
        clock.now += 2
        pace.add({"loss": loss, "part": loss / 2}, 8)
    pace.start()  # runs already: nothing is lost
    assert pace.seconds == 4
    pace.pause()
    clock.now += 500
    pace.pause()
    assert pace.seconds == 4
    pace.start()
    clock.now += 4
    assert pace.take() == ({"loss": 2.0, "part": 1.0}, 2.0, 4.0)
    assert pace.seconds == 0

    clock.now += 1
    pace.add({"loss": 7.0}, 3)
    losses, speed, smooth = pace.take()
    assert (losses, speed) == ({"loss": 7.0}, 3.0)
    assert smooth == pytest.approx(0.8 * 4 + 0.2 * 1)
    clock.now += 2
    assert pace.take()[2] == pytest.approx(0.8 * smooth + 0.2 * 2)


def test_a_line_taken_during_a_pause_leaves_the_clock_standing(clock: Clock) -> None:
    pace = Pace()
    pace.start()
    clock.now += 3
    pace.add({}, 6)
    pace.pause()
    clock.now += 100
    assert pace.take() == ({}, 2.0, 3.0)
    clock.now += 100
    assert pace.seconds == 0
    pace.start()
    clock.now += 1
    assert pace.seconds == 1


def test_a_line_without_a_step_divides_by_nothing(clock: Clock) -> None:
    losses, speed, smooth = Pace().take()
    assert (losses, speed) == ({}, 0.0)
    assert smooth == pytest.approx(0, abs=1e-6)
