"""One run a device; the next ones wait in an order people may change, across restarts."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ocrweb.config import paths
from ocrweb.disk.lock import run_lock
from ocrweb.errors import OcrwebError
from ocrweb.rundir.names import STATUS
from ocrweb.rundir.status import RunStatus, read_status, write_status
from ocrweb.services.training import queue as training_queue
from tests.services.training.made_runs import make_run

A, B, C = (f"20260101_00000{number}_{name}" for number, name in enumerate("abc"))


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the runs that were started; they count as running, with this process as their worker."""
    started: list[str] = []

    def launch(run: str | Path, *, gentle: bool) -> Path:
        assert gentle
        folder = paths.workdirs_dir() / run
        assert isinstance(run, Path) != (folder / STATUS).exists(), "a new run is started, an older one goes on"
        started.append(folder.name)
        make_active(folder)
        return folder

    monkeypatch.setattr(training_queue, "start_prepared", launch)
    monkeypatch.setattr(training_queue, "resume_run", launch)
    return started


def make_active(folder: Path) -> None:
    import os

    from ocrweb.disk.process import process_start

    write_status(
        folder, RunStatus(state="running", pid=os.getpid(), pid_start=process_start(os.getpid()), device="cpu")
    )


def queue_of(*stems: str, device: str = "cpu") -> None:
    for stem in stems:
        make_run(stem, None, device=device)
        training_queue.enqueue(stem)


def names() -> list[str]:
    return [entry.run for entry in training_queue.waiting()]


def test_only_the_first_of_a_device_starts_and_the_others_keep_their_order(launched: list[str]) -> None:
    queue_of(A, B, C)
    assert training_queue.start_due() == [A]
    assert names() == [B, C]
    assert training_queue.start_due() == []


def test_another_device_does_not_wait(launched: list[str]) -> None:
    queue_of(A, B)
    queue_of(C, device="gpu:1")
    assert training_queue.start_due() == [A, C]
    assert names() == [B]


def test_the_next_one_starts_when_the_device_is_free_again(launched: list[str]) -> None:
    queue_of(A, B)
    training_queue.start_due()
    write_status(paths.workdirs_dir() / A, RunStatus(state="finished"))
    assert training_queue.start_due() == [B]


@pytest.mark.parametrize(
    ("run", "places", "order"),
    [(C, -1, [A, C, B]), (C, -9, [C, A, B]), (A, 1, [B, A, C]), ("unknown", 1, [A, B, C])],
    ids=["up", "to the top", "down", "unknown"],
)
def test_the_order_can_be_changed(run: str, places: int, order: list[str]) -> None:
    queue_of(A, B, C)
    training_queue.move(run, places)
    assert names() == order


def test_a_withdrawn_run_is_out_and_an_unknown_one_changes_nothing() -> None:
    queue_of(A, B)
    assert training_queue.withdraw(A)
    assert not training_queue.withdraw(A)
    assert names() == [B]


def test_a_console_that_died_between_starting_and_noting_it_does_not_start_a_run_twice(launched: list[str]) -> None:
    queue_of(A)
    kept = (paths.private_dir() / "queue.json").read_text()
    training_queue.start_due()
    (paths.private_dir() / "queue.json").write_text(kept)
    write_status(paths.workdirs_dir() / A, RunStatus(state="failed"))
    assert training_queue.start_due() == []
    assert launched == [A]


def test_a_run_that_goes_on_waits_also_when_the_clock_was_set_back_since_it_ended(
    launched: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run("20260101_000000_a", "stopped")
    past = time.time() - 86_400
    monkeypatch.setattr(time, "time", lambda: past)
    training_queue.enqueue(run.name)
    assert training_queue.start_due() == [run.name]


def test_a_deleted_run_leaves_the_queue(launched: list[str]) -> None:
    queue_of(A, B)
    (paths.workdirs_dir() / A / "config.yml").unlink()
    assert training_queue.start_due() == [B]


def test_a_run_that_cannot_start_is_failed_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(run: Path, *, gentle: bool) -> None:
        raise OcrwebError("run.busy", name=run.name)

    monkeypatch.setattr(training_queue, "start_prepared", refuse)
    queue_of(A)
    assert training_queue.start_due() == []
    status = read_status(paths.workdirs_dir() / A)
    assert status.state == "failed"
    assert status.cause is not None
    assert status.cause["code"] == "run.busy"
    assert names() == []


def test_a_run_is_queued_once() -> None:
    queue_of(A)
    training_queue.enqueue(A)
    assert names() == [A]


@pytest.mark.parametrize(
    "change",
    [
        lambda: training_queue.enqueue(C), lambda: training_queue.withdraw(A), lambda: training_queue.move(B, -1),
        training_queue.start_due,
    ],
    ids=["enqueue", "withdraw", "move", "start"],
)  # fmt: skip
def test_two_consoles_do_not_change_the_queue_at_once(
    change: Callable[[], object], launched: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one of them read before the other wrote would undo the other's change."""
    queue_of(A, B)
    monkeypatch.setattr(training_queue, "PATIENCE", 0.0)
    with run_lock(paths.private_dir()), pytest.raises(OcrwebError, match=r"run\.busy"):
        change()
    assert names() == [A, B]
    assert launched == []
    change()
    assert names() != [A, B]


def test_a_damaged_queue_file_is_an_empty_queue() -> None:
    queue_of(A)
    (paths.private_dir() / "queue.json").write_text("{")
    assert names() == []
    training_queue.enqueue(B)
    assert names() == [B]


def test_the_file_says_when_a_run_was_added() -> None:
    before = time.time()
    queue_of(A)
    document = json.loads((paths.private_dir() / "queue.json").read_text())
    assert before <= document["waiting"][0]["added"] <= time.time()
