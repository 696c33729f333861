"""What each word of a run leaves in its files: the line, the event and the status, all of them and nothing more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.rundir import names, reserve
from ocrweb.rundir.events import EventReader
from ocrweb.rundir.status import RunStatus, read_status, write_status
from ocrweb.training.run import journal as journals
from ocrweb.training.run.journal import Journal

FIGURES = {"loss": 1.0, "lr": 0.001, "ips": 2.0, "eta": 9.0, "memory": 1.5}
HELPED = {"hmean": 0.8, "interval": (0.75, 0.85), "base_hmean": 0.6, "base_interval": (0.5, 0.7), "gain": (0.1, 0.3)}


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every status is written at once."""
    monkeypatch.setattr(journals, "STATUS_INTERVAL", 0.0)


def told(run: Path) -> tuple[list[str], list[dict[str, Any]]]:
    events = [{k: v for k, v in event.items() if k != "time"} for event in EventReader(run / names.EVENTS).read()]
    return (run / names.LOG).read_text(encoding="utf-8").splitlines(), events


def test_a_start_keeps_room_for_the_last_words_and_says_what_the_run_is(tmp_path: Path, now: None) -> None:
    Journal(tmp_path).start("gpu:0", "bfloat16", 60, 9, 77)
    lines, events = told(tmp_path)
    assert lines == ["Starting training...", "device: gpu:0, precision: bfloat16"]
    start = {"steps": 60, "epochs": 9, "device": "gpu:0", "precision": "bfloat16", "parameters": 77}
    assert events == [{"kind": "start", "step": 0, **start}]
    status = read_status(tmp_path)
    assert (status.state, status.device, status.steps, status.epochs) == ("running", "gpu:0", 60, 9)
    assert (tmp_path / reserve.NAME).stat().st_size == reserve.SIZE


@pytest.mark.parametrize("end", ["finish", "stop", "fail"])
def test_with_the_end_the_room_is_given_back(tmp_path: Path, end: str) -> None:
    journal = Journal(tmp_path)
    journal.start("cpu", "float32", 60, 9, 77)
    getattr(journal, end)(*([OcrwebError("image.empty")] if end == "fail" else []))
    assert not (tmp_path / reserve.NAME).exists()


def test_progress_is_a_line_an_event_and_the_figures_of_the_page(tmp_path: Path, now: None) -> None:
    journal = Journal(tmp_path)
    journal.update(step=30, epochs=9)
    journal.progress(2, (10, 20), {**FIGURES, "loss_shrink": 0.25})
    lines, events = told(tmp_path)
    assert lines == ["epoch: 2/9, iter: 10/20, loss: 1.0000, loss_shrink: 0.2500, lr: 0.001000, ips: 2.00 images/s, eta: 0:00:09, mem: 1.50 GiB"]  # fmt: skip
    assert events == [{"kind": "step", "step": 30, "epoch": 2, "iter": 10, "iters": 20, **FIGURES, "loss_shrink": 0.25}]
    status = read_status(tmp_path)
    assert (status.epoch, status.loss, status.lr, status.ips, status.eta, status.memory) == (2, 1.0, 0.001, 2.0, 9.0, 1.5)  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        ((40, 0, 0), "unlabelled: 40 pictures"),
        ((40, 2, 0), "unlabelled: 40 pictures; left out: 2 cannot be read"),
        ((40, 2, 3), "unlabelled: 40 pictures; left out: 2 cannot be read, 3 on the validation or test list"),
    ],
)
def test_what_became_of_pictures_without_labels(tmp_path: Path, counts: tuple[int, int, int], line: str) -> None:
    Journal(tmp_path).unlabelled(*counts)
    pictures, unreadable, judged = counts
    event = {"kind": "unlabelled", "step": 0, "pictures": pictures, "unreadable": unreadable, "judged": judged}
    assert told(tmp_path) == ([line], [event])


@pytest.mark.parametrize("base", [True, False])
def test_an_outcome_is_kept_with_all_of_its_figures(tmp_path: Path, now: None, base: bool) -> None:
    figures = HELPED if base else {"hmean": 0.8, "interval": (0.75, 0.85)}
    Journal(tmp_path).judged("improved", figures)
    lines, events = told(tmp_path)
    assert lines[0].startswith("outcome: improved, result: 0.8000 (0.7500 to 0.8500)")
    assert ("base: 0.6000" in lines[0]) is base
    assert events[0]["outcome"] == "improved"
    assert events[0]["hmean"] == 0.8
    status = read_status(tmp_path)
    assert (status.outcome, status.hmean, status.base_hmean) == ("improved", 0.8, 0.6 if base else None)
    assert status.verdict["interval"] == [0.75, 0.85]


def test_a_warning_says_what_and_what_to_do_and_changes_no_state(tmp_path: Path, now: None) -> None:
    error = OcrwebError("train.batch-halved", pictures=2, batch=8)
    journal = Journal(tmp_path)
    journal.warn(error)
    lines, events = told(tmp_path)
    assert lines == [f"Warning: {error.message()} {error.hint()}"]
    assert events == [{"kind": "warning", "step": 0, "code": error.code, "params": {"pictures": 2, "batch": 8}}]
    assert journal.status.state == "starting"


def test_a_new_run_begins_now_and_is_its_processs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals.time, "time", lambda: 4711.5)
    monkeypatch.setattr(journals.os, "getpid", lambda: 1)
    status = Journal(tmp_path).status
    assert (status.started, status.pid, status.state) == (4711.5, 1, "starting")


@pytest.mark.parametrize("changes", [{"state": "running"}, {"best": {"hmean": 1.0}}, {"doing": "x"}])
def test_what_people_wait_for_is_written_at_once(tmp_path: Path, changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(journals.time, "monotonic", lambda: 50.0)
    journal = Journal(tmp_path)
    journal.update(step=1)
    journal.update(step=2)
    assert read_status(tmp_path).step == 1
    journal.update(step=3, **changes)
    assert read_status(tmp_path).step == 3


def test_the_log_goes_on_where_it_was(tmp_path: Path) -> None:
    write_status(tmp_path, RunStatus(state="stopped", step=12))
    Journal(tmp_path).stop()
    Journal(tmp_path).say("again")
    lines, events = told(tmp_path)
    assert lines == ["Training stopped at step 12; resume it to go on.", "again"]
    assert events == [{"kind": "end", "step": 12, "state": "stopped", "cause": None}]
