"""Jobs in the background: each has its turn, an end that a person can be told, and is known for a while afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.work.jobs import Job, Jobs, Snapshot


@dataclass(frozen=True, slots=True)
class Baking(Snapshot):
    loaves: int = 0


@pytest.fixture
def oven() -> Iterator[threading.Event]:
    """Opened at the end, so that no thread of a test stays."""
    event = threading.Event()
    yield event
    event.set()


def finished(jobs: Jobs[Baking], identifier: str) -> Baking:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        job = jobs.get(identifier)
        assert job is not None
        if not job.active:
            return job
        time.sleep(0.005)
    raise AssertionError("still at work")


def test_what_the_work_returns_is_told_when_it_is_over(oven: threading.Event) -> None:
    jobs, job = Jobs[Baking]("bake"), Job(Baking("a"))
    begun = threading.Event()

    def work() -> dict[str, Any]:
        job.update(loaves=1)
        begun.set()
        oven.wait()
        return {"loaves": 2}

    assert jobs.start(job, work) == "a"
    assert begun.wait(60)
    now = jobs.get("a")
    assert now is not None
    assert (now.state, now.active, now.loaves) == ("running", True, 1)
    oven.set()
    last = finished(jobs, "a")
    assert (last.state, last.active, last.loaves, last.error) == ("done", False, 2, None)
    assert last.seconds >= now.seconds > 0
    assert jobs.get("a") is last


@pytest.mark.parametrize(
    ("raised", "state", "code"),
    [
        pytest.param(OcrwebError("usage.disk-full", path="x"), "failed", "usage.disk-full", id="foreseen"),
        pytest.param(ZeroDivisionError(), "failed", "usage.internal", id="unforeseen"),
        pytest.param(OcrwebError("export.cancelled"), "cancelled", "export.cancelled", id="stopped"),
    ],
)
def test_every_failure_is_an_end_with_a_code(raised: Exception, state: str, code: str) -> None:
    jobs = Jobs[Baking]("bake", stopped="export.cancelled")

    def work() -> dict[str, Any]:
        raise raised

    last = finished(jobs, jobs.start(Job(Baking("a")), work))
    assert last.error is not None
    assert (last.state, last.error.code) == (state, code)


def test_work_can_end_in_a_state_of_its_own() -> None:
    jobs = Jobs[Baking]("bake")
    assert finished(jobs, jobs.start(Job(Baking("a")), lambda: {"state": "refused"})).state == "refused"


def test_a_stop_is_seen_by_the_work(oven: threading.Event) -> None:
    jobs, job = Jobs[Baking]("bake"), Job(Baking("a"))
    jobs.start(job, lambda: {"state": "cancelled" if job.cancel.wait(60) else "done"})
    jobs.cancel("a")
    assert finished(jobs, "a").state == "cancelled"


@pytest.mark.parametrize("identifier", [None, "", "b"])
def test_nothing_is_known_of_an_unknown_id(identifier: str | None) -> None:
    jobs = Jobs[Baking]("bake")
    jobs.start(Job(Baking("a")), dict)
    jobs.cancel(identifier)
    assert jobs.get(identifier) is None


def test_the_end_is_heard_before_anybody_can_see_it() -> None:
    jobs, seen = Jobs[Baking]("bake"), []

    def ended(last: Baking) -> None:
        now = jobs.get("a")
        assert now is not None
        seen.append((last.state, last.loaves, now.state))

    jobs.start(Job(Baking("a")), lambda: {"loaves": 3}, ended)
    finished(jobs, "a")
    assert seen == [("done", 3, "running")]


def test_a_job_ends_although_who_hears_of_it_fails() -> None:
    jobs = Jobs[Baking]("bake")

    def ended(last: Baking) -> None:
        raise ZeroDivisionError

    last = finished(jobs, jobs.start(Job(Baking("a")), dict, ended))
    assert last.error is not None
    assert (last.state, last.error.code) == ("failed", "usage.internal")


def test_only_some_are_at_work_at_once_and_the_others_wait(oven: threading.Event) -> None:
    jobs, begun = Jobs[Baking]("bake", at_once=2), threading.Semaphore(0)

    def work() -> dict[str, Any]:
        begun.release()
        oven.wait()
        return {}

    for name in "abc":
        jobs.start(Job(Baking(name)), work)
    assert all(begun.acquire(timeout=60) for _ in range(2))
    states = [job.snapshot().state for job in jobs.all()]
    assert sorted(states) == ["running", "running", "waiting"]
    waiting = jobs.all()[states.index("waiting")].snapshot()
    assert waiting.seconds == 0.0
    oven.set()
    assert [finished(jobs, name).state for name in "abc"] == ["done"] * 3


def test_those_that_are_over_are_forgotten_when_there_are_many_and_no_other(oven: threading.Event) -> None:
    jobs = Jobs[Baking]("bake", at_once=2, remembered=2)

    def wait() -> dict[str, Any]:
        oven.wait()
        return {}

    jobs.start(Job(Baking("long")), wait)
    for name in "abcd":
        finished(jobs, jobs.start(Job(Baking(name)), dict))
    assert [job.id for job in jobs.all()] == ["long", "b", "c", "d"]


def test_a_job_that_is_started_again_is_the_newest() -> None:
    jobs = Jobs[Baking]("bake", remembered=2)
    for name in "aba":
        finished(jobs, jobs.start(Job(Baking(name)), dict))
    assert [job.id for job in jobs.all()] == ["b", "a"]
