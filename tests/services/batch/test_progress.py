from __future__ import annotations

from ocrweb.services.batch.progress import WINDOW, Meter


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_rate_and_eta_follow_the_finished_pictures() -> None:
    clock = Clock()
    meter = Meter(10, clock=clock)
    assert meter.read().eta is None
    for _ in range(4):
        clock.now += 0.5
        progress = meter.step()
    assert (progress.done, progress.rate, progress.eta, progress.seconds) == (4, 2.0, 3.0, 2.0)


def test_the_rate_is_that_of_the_latest_pictures() -> None:
    clock = Clock()
    meter = Meter(2 * WINDOW + 2, clock=clock)
    for seconds in [10.0] * (WINDOW + 1) + [0.1] * (WINDOW + 1):
        clock.now += seconds
        progress = meter.step()
    assert abs(progress.rate - 10.0) < 1e-6
    assert progress.eta == 0.0


def test_pictures_of_an_earlier_run_are_done_but_do_not_count_as_fast() -> None:
    clock = Clock()
    meter = Meter(100, already=90, clock=clock)
    clock.now += 1.0
    progress = meter.step(failed=True)
    assert (progress.done, progress.failed, progress.rate, progress.eta) == (91, 1, 1.0, 9.0)


def test_before_anything_was_done_nobody_knows_how_long_it_takes_unless_nothing_is_left() -> None:
    assert [Meter(total, already, Clock()).read().eta for total, already in ((0, 0), (5, 5), (5, 4))] == [
        0.0,
        0.0,
        None,
    ]
    assert Meter(5, clock=Clock()).step().rate == 0.0  # no time has passed
