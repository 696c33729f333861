from __future__ import annotations

import itertools

import pytest

from ocrweb.config.groups.schedule import ScheduleOptions
from ocrweb.training.learn.schedule import Schedule


def schedule(steps: int = 1000, **options: object) -> Schedule:
    return Schedule(ScheduleOptions(**options), 0.01, steps)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["cosine", "poly", "constant"])
def test_the_rate_rises_to_the_given_one_and_never_above(kind: str) -> None:
    rates = [schedule(kind=kind, warmup_steps=50).rate(step) for step in range(1000)]
    assert rates[0] == pytest.approx(0.01 / 50**2)
    assert max(rates) == pytest.approx(0.01)
    assert rates[49] == pytest.approx(0.01)
    assert all(a < b for a, b in itertools.pairwise(rates[:50]))


@pytest.mark.parametrize("kind", ["cosine", "poly"])
def test_the_rate_falls_to_its_last_share(kind: str) -> None:
    rates = [schedule(kind=kind, final_ratio=0.05).rate(step) for step in range(100, 1001)]
    assert all(a >= b for a, b in itertools.pairwise(rates))
    assert rates[-1] == pytest.approx(0.0005)


@pytest.mark.parametrize(("steps", "warmup"), [(1, 0), (9, 4), (40, 20), (100, 20), (300, 30), (100_000, 100)])
def test_a_short_run_warms_up_for_a_tenth_of_it_or_20_steps_or_half_of_it(steps: int, warmup: int) -> None:
    assert schedule(steps, warmup_steps=100).warmup == warmup


def test_a_run_of_one_step_trains_at_the_given_rate() -> None:
    assert schedule(1).rate(0) == pytest.approx(0.01)


def test_used_up_time_counts_like_done_steps() -> None:
    long = schedule(1_000_000, warmup_steps=100)
    assert long.rate(5, progress=0.05) == pytest.approx(0.0025)
    assert long.rate(200, progress=0.5) == pytest.approx(long.rate(500_000), rel=1e-3)
    assert long.rate(300, progress=1.0) == pytest.approx(0.0001)
    assert long.rate(300, progress=7.0) == pytest.approx(0.0001)


def test_no_warm_up_is_none_however_short_the_run() -> None:
    assert schedule(10, warmup_steps=0).rate(0) == pytest.approx(0.01)


def test_between_its_ends_the_rate_follows_the_curve() -> None:
    half = {"warmup_steps": 0, "final_ratio": 0.2}
    assert schedule(kind="cosine", **half).rate(500) == pytest.approx(0.01 * 0.6)
    assert schedule(kind="poly", power=0.9, **half).rate(500) == pytest.approx(0.01 * (0.2 + 0.8 * 0.5**0.9))
    assert schedule(kind="constant", **half).rate(500) == pytest.approx(0.01)


@pytest.mark.parametrize("kind", ["cosine", "poly"])
def test_steps_beyond_the_last_stay_at_its_rate(kind: str) -> None:
    assert schedule(kind=kind, final_ratio=0.05).rate(1800) == pytest.approx(0.0005)


def test_a_warm_up_of_steps_is_over_sooner_when_time_runs_faster() -> None:
    """At a tenth of the time the whole rate is reached, however few steps were done; before it the further of both counts."""
    slow = schedule(1_000_000, warmup_steps=1000, kind="constant")
    assert slow.rate(0, progress=0.1) == pytest.approx(0.01)
    assert slow.rate(499, progress=0.01) == pytest.approx(0.01 * 0.25)
    falling = schedule(1_000_000, warmup_steps=1000, kind="poly", power=1.0, final_ratio=0.0)
    assert falling.rate(0, progress=0.1) == pytest.approx(0.009)  # and the curve goes by the time from there on
