"""What a person does with runs: start only what may start, stop, force, delete, note, tell of the end."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.config import paths
from ocrweb.config.training import TrainingConfig
from ocrweb.disk import atomic
from ocrweb.disk.process import process_start
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.rundir.status import RunStatus, read_status, write_status
from ocrweb.services.training import (
    jobs as training_jobs,
)
from ocrweb.services.training import (
    keeper as training_keeper,
)
from ocrweb.services.training import (
    notify,
)
from ocrweb.services.training import (
    probe as training_probe,
)
from ocrweb.services.training import (
    queue as training_queue,
)
from ocrweb.services.training.diagnosis.apply import apply_changes
from ocrweb.services.training.probe import estimate, from_probe
from ocrweb.services.training.runs import run_info
from tests.sample_pages import sample_pages
from tests.services.training.made_runs import make_run
from tests.webhook import listening


def test_a_run_without_a_dataset_cannot_start() -> None:
    with pytest.raises(OcrwebError, match="not-ready") as refused:
        training_jobs.start(TrainingConfig())
    assert "Choose a dataset" in refused.value.message("en")
    assert "Choose" not in refused.value.message("zh")
    assert not list(paths.workdirs_dir().glob("2*"))


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch) -> TrainingConfig:
    """Settings that the checklist does not mind."""
    monkeypatch.setattr(training_jobs, "check_config", lambda config: ())
    monkeypatch.setattr(training_queue, "start_due", list)
    sample_pages(paths.datasets_dir() / "story", train=2, test=1, seed=5)
    return TrainingConfig(dataset="story")


def test_while_the_dataset_is_read_there_is_no_run_to_look_at(
    ready: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large dataset takes minutes; the folder of a run that is not queued yet would look lost."""
    seen: list[object] = []
    monkeypatch.setattr(
        training_jobs, "dataset_hash", lambda folder: seen.append(training_jobs.rows()) or "0123456789abcdef"
    )
    run = training_jobs.start(ready)
    assert seen == [[]]
    assert [(row.name, row.state, row.mark) for row in training_jobs.rows()] == [(run, "queued", "0123456789ab")]


@pytest.mark.parametrize("full_at", ["config.yml", "dataset.json", "queue.json"])
def test_a_run_that_a_full_disk_stops_at_its_start_leaves_nothing(
    full_at: str, ready: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = make_run()
    names.point_latest(older)
    write = atomic.write_text

    def write_text(path: Path, content: str) -> None:
        if path.name == full_at:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, content)

    monkeypatch.setattr(atomic, "write_text", write_text)
    with pytest.raises(OSError, match="No space"):
        training_jobs.start(ready)
    assert [row.name for row in training_jobs.rows()] == [older.name]
    assert (paths.workdirs_dir() / "latest").resolve() == older.resolve()
    assert training_queue.waiting() == ()


def test_a_run_that_was_started_since_no_longer_waits() -> None:
    """A console may die between starting a run and noting it."""
    run = make_run(state=None)
    training_queue.enqueue(run.name)
    assert training_jobs.row_of(run_info(run.name)).place == 1
    write_status(run, RunStatus(state="running", pid=os.getpid(), pid_start=process_start(os.getpid())))
    info = run_info(run.name)
    assert training_jobs.row_of(info).state == "running"
    assert not training_jobs.withdraw(info)
    assert run.exists()


def test_a_list_of_runs_says_state_score_and_dataset() -> None:
    run = make_run(state="finished")
    write_status(run, dataclasses.replace(read_status(run), best={"hmean": 0.81, "step": 10}, base_hmean=0.7))
    training_jobs.write_notes(run.name, "  too dark  ")
    (row,) = training_jobs.rows()
    assert (row.state, row.hmean, row.base_hmean) == ("finished", 0.81, 0.7)
    assert (row.dataset, row.notes) == ("demo", "too dark")


def test_a_waiting_run_is_queued_with_its_place_and_stopping_it_keeps_it_to_go_on_later() -> None:
    make_run("20260101_000000_a", "running")
    waits = make_run("20260101_000001_b", None)
    training_queue.enqueue(waits.name)
    assert [(row.state, row.place) for row in training_jobs.rows()] == [("queued", 1), ("running", 0)]
    settings = (waits / names.CONFIG).read_text()
    training_jobs.stop(waits.name)
    assert training_queue.waiting() == ()
    assert [(row.state, row.place) for row in training_jobs.rows()] == [("stopped", 0), ("running", 0)]
    training_jobs.resume(waits.name)
    assert [(row.state, row.place) for row in training_jobs.rows()] == [("queued", 1), ("running", 0)]
    assert (waits / names.CONFIG).read_text() == settings


def test_an_active_run_cannot_be_deleted_and_a_deleted_one_leaves_latest_at_the_newest() -> None:
    old, new = make_run("20260101_000000_a"), make_run("20260101_000001_b")
    names.point_latest(new)
    training_jobs.delete(new.name)
    assert (paths.workdirs_dir() / "latest").resolve() == old
    write_status(old, dataclasses.replace(read_status(old), state="running", pid=os.getpid(), pid_start=0))
    with pytest.raises(OcrwebError, match="still-active"):
        training_jobs.delete(old.name)


def test_a_finished_run_is_not_resumed() -> None:
    with pytest.raises(OcrwebError, match=r"run\.complete"):
        training_jobs.resume(make_run().name)


def test_a_worker_that_does_not_stop_is_ended_with_its_whole_session() -> None:
    """The worker here ignores SIGTERM and has a child."""
    script = (
        "import signal,subprocess,sys,time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "child=subprocess.Popen([sys.executable,'-c','import time; time.sleep(60)']); print(child.pid,flush=True); time.sleep(60)"
    )
    worker = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, start_new_session=True)
    assert worker.stdout is not None
    child = int(worker.stdout.readline())
    run = make_run(state="running")
    status = RunStatus(state="running", pid=worker.pid, pid_start=process_start(worker.pid), step=7)
    write_status(run, status)
    training_jobs.stop(run.name)
    assert training_jobs.force_overdue() == []
    assert worker.poll() is None
    assert training_jobs.force_overdue(patience=0) == [run.name]
    assert worker.wait(5) == -signal.SIGKILL
    assert read_status(run).state == "stopped"
    assert "stopped at step 7" in (run / names.LOG).read_text()
    for _ in range(1500):
        if not Path(f"/proc/{child}").exists() or process_start(child) < 0:
            break
        time.sleep(0.02)
    else:
        pytest.fail("the worker's child is still alive")


def test_of_a_worker_that_a_terminal_started_nothing_else_of_the_terminal_is_ended() -> None:
    worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])  # of this process's own group
    training_jobs._kill(worker.pid)
    assert worker.wait(5) == -signal.SIGKILL
    training_jobs._kill(worker.pid)  # and of one that is gone nothing is said


def test_a_worker_that_is_ended_is_waited_for_until_it_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    runs, waited = iter([True, True, False]), list[float]()
    monkeypatch.setattr(training_jobs.os, "getpgid", lambda pid: pid + 1)
    monkeypatch.setattr(training_jobs.os, "kill", lambda pid, signal: None)
    monkeypatch.setattr(training_jobs, "Process", lambda pid: SimpleNamespace(is_running=lambda: next(runs)))
    monkeypatch.setattr(training_jobs.time, "sleep", waited.append)
    training_jobs._kill(4711)
    assert waited == [0.05, 0.05]


def test_the_keeper_tells_of_an_end_once_also_after_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(training_keeper, "notify_ended", lambda info: told.append(info.status.state))
    run = make_run(state="running")
    assert training_keeper.keep_once() == []
    write_status(run, dataclasses.replace(read_status(run), state="failed"))
    assert training_keeper.keep_once() == [run.name]
    assert training_keeper.keep_once() == []
    assert told == ["failed"]


@pytest.fixture
def hook() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    with listening() as heard:
        yield heard


def test_the_webhook_gets_name_state_and_score_and_no_path(
    hook: tuple[str, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, taken = hook
    monkeypatch.setenv("OCRWEB_WEBHOOK", address)
    run = make_run()
    write_status(run, dataclasses.replace(read_status(run), best={"hmean": 0.8125}))
    assert notify.notify_ended(run_info(run.name))
    assert taken[0]["state"] == "finished"
    assert taken[0]["best"] == {"hmean": 0.8125}
    assert str(paths.home()) not in json.dumps(taken)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/secret", "file:///etc/passwd", "nonsense"])
def test_a_webhook_that_fails_is_logged_without_its_address(
    address: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OCRWEB_WEBHOOK", address)
    assert not notify.notify_ended(run_info(make_run().name))
    assert "webhook" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"batch_size": "÷2"}, ["batch_size: 2 → 1"]),
        ({"learning_rate": "×0.1"}, ["learning_rate: 0.001 → 0.0001"]),
        ({"epochs": "×3"}, ["epochs: 20 → 60"]),
        ({"loader.workers": 0}, ["loader.workers: -1 → 0"]),
        ({"device": "cpu", "use_tps": False}, ["device: auto → cpu"]),
    ],
    ids=["half", "tenth", "three times", "group", "only what differs"],
)
def test_a_remedy_says_what_it_changes(changes: dict[str, object], shown: list[str]) -> None:
    settings, found = apply_changes(TrainingConfig().model_dump(), changes)
    assert [str(change) for change in found] == shown
    assert TrainingConfig.model_validate(settings)


def test_a_batch_of_one_cannot_be_halved() -> None:
    settings, found = apply_changes({"batch_size": 1}, {"batch_size": "÷2"})
    assert settings["batch_size"] == 1
    assert found == ()


def test_a_remedy_for_an_unknown_setting_is_refused() -> None:
    with pytest.raises(OcrwebError, match="unknown-key"):
        apply_changes({}, {"optimiser.rate": 1})


def test_the_estimate_counts_steps_and_warns_of_memory() -> None:
    measured = {
        "device": "cpu",
        "seconds_to_start": 5.0,
        "seconds_a_step": 2.0,
        "seconds_an_evaluation": 0.5,
        "peak_gib": 3.0,
    }
    found = from_probe(TrainingConfig(epochs=10, batch_size=2), 100, measured, available=3.1)
    assert (found.held_out, found.steps, found.evaluations) == (15, 430, 10)
    assert found.seconds == pytest.approx(5.0 + 430 * 2.0 + 12 * 15 * 0.5)
    assert found.too_large
    limited = from_probe(TrainingConfig(epochs=10, max_minutes=5), 100, measured, available=8.0)
    assert limited.seconds == pytest.approx(5.0 + 300 + 12 * 15 * 0.5)
    assert not limited.too_large


@pytest.mark.parametrize(
    ("script", "spare", "code"),
    [
        ("kill -9 $$", 0.0, "jobs.probe-memory"),
        ("sleep 60", 1.0, "jobs.probe-memory"),
        ("exit 3", 0.0, "jobs.probe-failed"),
    ],
    ids=["killed by the system", "memory nearly gone", "ended for another reason"],
)
def test_a_probe_that_lacks_memory_is_ended_and_says_so(
    script: str, spare: float, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "child"
    child.write_text(f"#!/bin/sh\n{script}\n")
    child.chmod(0o755)
    sample_pages(paths.datasets_dir() / "story", train=2, test=1, seed=5)
    monkeypatch.setattr(sys, "executable", str(child))
    monkeypatch.setattr(training_probe, "SPARE_SHARE", spare)
    with pytest.raises(OcrwebError) as raised:
        estimate(TrainingConfig(dataset="story"))
    assert raised.value.code == code
