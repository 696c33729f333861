"""What a run tells: by rank 0 alone, a new state at once and figures once a second, the end last."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.model.weights import LoadReport
from ocrweb.rundir import names
from ocrweb.rundir.events import EventReader
from ocrweb.rundir.status import RunStatus, read_status, worked_by, write_status
from ocrweb.training.run import journal as run_journal
from ocrweb.training.run.journal import Journal

FIGURES = {"loss": 1.0, "lr": 0.001, "ips": 2.0, "eta": 9.0, "memory": 1.0}
ROW = {"epoch": 2, "hmean": 0.5, "precision": 0.6, "recall": 0.4, "loss": 1.23456789}
BEST = {"hmean": 0.75, "epoch": 1, "step": 10}


def events(run: Path) -> list[dict[str, Any]]:
    return list(EventReader(run / names.EVENTS).read())


def test_another_rank_writes_nothing_at_all(tmp_path: Path) -> None:
    journal = Journal(tmp_path, writes=False)
    journal.say("x")
    journal.update(step=3)
    journal.event("step")
    journal.start("cpu", "fp32", 10, 2, 3)
    journal.weights(LoadReport((), (), (), ()))
    journal.progress(1, (1, 10), FIGURES)
    journal.evaluating()
    journal.evaluated(ROW, BEST, {"threshold": 0.3})
    journal.warn(OcrwebError("train.export-failed", name="a", reason="b"))
    journal.finish()
    journal.stop()
    journal.fail(OcrwebError("train.killed", signal="SIGKILL"))
    assert list(tmp_path.iterdir()) == []


def test_figures_reach_the_disk_once_a_second_and_a_new_state_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(run_journal.time, "monotonic", lambda: now)
    journal = Journal(tmp_path)
    journal.update(step=1)
    assert read_status(tmp_path).step == 1
    now += 0.99
    journal.update(step=2)
    assert read_status(tmp_path).step == 1
    journal.evaluating()
    assert (read_status(tmp_path).step, read_status(tmp_path).doing) == (2, "evaluate")
    now += 1.0
    journal.update(step=3)
    assert read_status(tmp_path).step == 3


def test_a_run_that_goes_on_keeps_when_it_began_and_forgets_why_it_ended(tmp_path: Path) -> None:
    cause = OcrwebError("train.killed", signal="SIGKILL").to_record()
    write_status(tmp_path, RunStatus(state="failed", started=123.0, step=7, eta=5.0, doing="evaluate", cause=cause))
    journal = Journal(tmp_path, by=worked_by(4711))
    status = journal.status
    assert (status.state, status.started, status.step, status.pid) == ("starting", 123.0, 7, 4711)
    assert (status.eta, status.doing, status.cause) == (None, "", None)


def test_an_evaluation_is_a_line_of_the_table_with_what_was_best(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.evaluated(ROW, BEST, {"threshold": 0.3})
    (row,) = csv.DictReader((tmp_path / names.METRICS).open(encoding="utf-8"))
    assert (row["epoch"], row["hmean"], row["loss"], row["best_hmean"]) == ("2", "0.5", "1.234568", "0.75")
    (event,) = events(tmp_path)
    assert (event["hmean"], event["best"], event["thresholds"]) == (0.5, 0.75, {"threshold": 0.3})
    assert read_status(tmp_path).best == BEST


@pytest.mark.parametrize(("end", "state", "eta"), [("finish", "finished", 0.0), ("stop", "stopped", 0.0)])
def test_an_end_is_told_in_all_three(tmp_path: Path, end: str, state: str, eta: float) -> None:
    journal = Journal(tmp_path)
    getattr(journal, end)()
    status = read_status(tmp_path)
    assert (status.state, status.cause, status.eta) == (state, None, eta)
    assert (tmp_path / names.LOG).read_text().strip()
    assert events(tmp_path)[-1]["state"] == state


def test_a_failure_names_its_cause_and_what_to_do_and_promises_no_time(tmp_path: Path) -> None:
    error = OcrwebError("train.killed", signal="SIGKILL")
    Journal(tmp_path).fail(error)
    status = read_status(tmp_path)
    assert (status.state, status.cause, status.eta) == ("failed", error.to_record(), None)
    told = (tmp_path / names.LOG).read_text()
    assert error.message() in told
    assert error.hint() in told


def test_a_failure_on_a_full_disk_is_said_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = Journal(tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal, "_end", full)
    journal.fail(OcrwebError("train.killed", signal="SIGKILL"))
    assert "No space left" in capsys.readouterr().err
