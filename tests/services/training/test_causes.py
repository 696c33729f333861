"""A watched run is diagnosed when there is something to say, and once for all who watch."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.rundir import names
from ocrweb.rundir.events import EventWriter
from ocrweb.rundir.status import read_status, write_status
from ocrweb.services.files.recent import Recent
from ocrweb.services.training import causes
from ocrweb.services.training import queue as training_queue
from ocrweb.services.training.causes import causes_key, run_causes
from ocrweb.services.training.view import RunView, run_view
from tests.services.training.made_runs import make_run


class Watching:
    """diagnosed: with how many silent seconds, and how much of the log, each diagnosis was asked for."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.diagnosed: list[tuple[float | None, int]] = []

    def diagnose(self, folder: Path, *, idle: float | None, read_bytes: int) -> tuple[Any, ...]:
        self.diagnosed.append((idle, read_bytes))
        return (folder.name,)


@pytest.fixture
def watching(monkeypatch: pytest.MonkeyPatch) -> Watching:
    made = Watching()
    monkeypatch.setattr(causes, "diagnose_run", made.diagnose)
    monkeypatch.setattr(causes, "time", SimpleNamespace(monotonic=lambda: made.now))
    monkeypatch.setattr(causes, "_known", Recent(causes.KEPT))
    monkeypatch.setattr(causes, "_grown", Recent(causes.KEPT))
    return made


def seen(run: Path) -> RunView:
    view = run_view(run.name)
    assert view is not None
    return view


def evaluated(run: Path, *scores: tuple[int, float | None]) -> None:
    writer = EventWriter(run / names.EVENTS)
    for step, hmean in scores:
        writer.write("eval", step, epoch=1, hmean=hmean, precision=hmean, recall=hmean)
    writer.close()


def test_of_no_run_and_of_a_waiting_one_nothing_is_said(watching: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    assert causes_key(None) == run_causes(None) == ()
    run = make_run(state=None)
    entry = SimpleNamespace(run=run.name)
    monkeypatch.setattr(training_queue, "waiting", lambda: [entry])
    assert seen(run).state == "queued"
    assert run_causes(seen(run)) == ()
    assert watching.diagnosed == []


def test_a_healthy_run_is_diagnosed_when_it_has_been_silent_and_at_its_end(watching: Watching) -> None:
    run = make_run(state="running")
    (run / names.LOG).write_text("Starting training...\n")
    for watching.now in (1000.0, 1000.0 + causes.SILENT):
        assert run_causes(seen(run)) == ()
    watching.now += 1
    silent = causes_key(seen(run))
    assert run_causes(seen(run)) == run_causes(seen(run)) == (run.name,)
    with (run / names.LOG).open("a") as log:
        log.write("going on\n")
    assert run_causes(seen(run)) == ()
    assert causes_key(seen(run)) != silent
    write_status(run, dataclasses.replace(read_status(run), state="finished"))
    assert run_causes(seen(run)) == run_causes(seen(run)) == (run.name,)
    assert watching.diagnosed == [(causes.SILENT + 1, causes.READ_BYTES), (None, causes.READ_BYTES)]


def test_a_line_of_trouble_is_looked_into_once_and_not_again_for_those_that_follow(watching: Watching) -> None:
    run = make_run(state="running")
    (run / names.LOG).write_text("Warning: batch halved\n")
    assert run_causes(seen(run)) == ()
    for _ in range(3):
        with (run / names.LOG).open("a") as log:
            log.write("loss: nan\n")
        assert run_causes(seen(run)) == (run.name,)
    assert watching.diagnosed == [(0.0, causes.READ_BYTES)]


def test_an_end_is_diagnosed_anew_when_the_log_has_grown_since(watching: Watching) -> None:
    run = make_run(state="failed")
    for text in ("one\n", "one\ntwo\n"):
        (run / names.LOG).write_text(text)
        run_causes(seen(run))
    assert len(watching.diagnosed) == 2


def test_each_evaluation_of_a_destroyed_model_is_looked_into_and_those_of_a_sound_one_are_not(
    watching: Watching,
) -> None:
    sound = make_run("20260101_000000_sound", state="running")
    evaluated(sound, (0, 0.8), (10, 0.3), (20, 0.5))
    unmeasured = make_run("20260101_000000_unmeasured", state="running")
    evaluated(unmeasured, (10, 0.8), (20, 0.1), (30, 0.1))
    for run in (make_run("20260101_000000_new", state="running"), sound, unmeasured):
        assert run_causes(seen(run)) == ()
    broken = make_run("20260101_000000_broken", state="running")
    evaluated(broken, (0, 0.8), (10, 0.1), (20, None), (30, 0.1))
    assert run_causes(seen(broken)) == run_causes(seen(broken)) == (broken.name,)
    evaluated(broken, (40, 0.1))
    assert run_causes(seen(broken)) == (broken.name,)
    assert len(watching.diagnosed) == 2


@pytest.mark.parametrize(
    ("scores", "step", "said"),
    [
        ([(0, 0.49)], 1, True), ([(0, 0.49)], 0, False), ([(0, 0.5)], 1, False), ([(5, 0.1)], 9, False), ([(0, None)], 9, False),
        ([], 9, False), ([(0, 0.2), (5, 0.19)], 9, True),
    ],
)  # fmt: skip
def test_of_a_run_from_a_poor_base_it_is_said_at_its_first_step_that_the_labels_do_not_fit_and_nothing_else(
    watching: Watching, monkeypatch: pytest.MonkeyPatch, scores: list[tuple[int, float | None]], step: int, said: bool
) -> None:
    found = tuple(SimpleNamespace(id=name) for name in ("data.labels-misplaced", "result.poor"))
    monkeypatch.setattr(causes, "diagnose_run", lambda folder, **how: watching.diagnose(folder, **how) and found)
    run = make_run(state="running")
    evaluated(run, *scores)
    write_status(run, dataclasses.replace(read_status(run), step=step))
    for _ in range(2):
        assert [cause.id for cause in run_causes(seen(run))] == (["data.labels-misplaced"] if said else [])
    assert len(watching.diagnosed) == said
    (run / names.LOG).write_text("ERROR: out of memory\n")
    assert [cause.id for cause in run_causes(seen(run))] == ["data.labels-misplaced", "result.poor"]
