"""The process of an export ends with one event: what was measured, or why not, in a code; and with whoever asked for it."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.training import export_job
from ocrweb.training.export import steps
from tests.training.program import run_as_program
from tests.training.told import Told


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Exit code and events of an export that ends so, with this room on the disk."""

    def work(outcome: Exception | dict[str, Any], free: int = (64 << 20)) -> tuple[int, list[dict[str, Any]]]:
        told, watched = Told(), threading.Event()
        spec: Any = SimpleNamespace(work=tmp_path / "staging" / "work", target=Path("/data/exports/a/fp32"))

        def export(given: Any, tell: Any) -> dict[str, Any]:
            assert (given, os.environ["MKL_X"]) == (spec, "5")
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        def watch(staging: Path) -> None:
            assert staging == tmp_path / "staging"
            watched.set()

        monkeypatch.setattr(export_job, "Teller", lambda: told)
        monkeypatch.setattr(export_job, "Spec", SimpleNamespace(read=lambda path: spec))
        monkeypatch.setattr(export_job, "end_with_parent", watch)
        monkeypatch.setattr(os, "environ", dict(os.environ))
        monkeypatch.setattr(export_job, "machine_environment", lambda: {"MKL_X": "5"})
        monkeypatch.setattr(steps, "export", export)
        monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
        try:
            return export_job.main(["spec.json"]), told.events
        finally:
            assert watched.wait(30)

    return work


def test_what_was_measured_is_told(run: Any) -> None:
    assert run({"hmean": None}) == (0, [{"kind": "measured", "hmean": None}])


FULL = {"path": "/data/exports"}


@pytest.mark.parametrize(
    ("failure", "free", "code", "params"),
    [
        (OcrwebError("image.empty"), 0, "image.empty", {}),
        (OSError(errno.ENOSPC, "full"), 1 << 40, "usage.disk-full", FULL),
        (OSError(errno.EDQUOT, "full"), 1 << 40, "usage.disk-full", FULL),
        (OSError(errno.EACCES, "no way", "/x/y"), 0, "usage.not-writable", {"path": "/x/y", "reason": "no way"}),
        (OSError("odd"), 0, "usage.not-writable", {"path": "/data/exports", "reason": "odd"}),
        (RuntimeError("iostream error"), (64 << 20) - 1, "usage.disk-full", FULL),
    ],
    ids=str,
)
def test_what_ended_it_is_one_code(run: Any, failure: Exception, free: int, code: str, params: dict[str, Any]) -> None:
    exit_code, events = run(failure, free)
    (event,) = events
    assert (exit_code, event["kind"], event["code"], event["params"]) == (1, "error", code, params)


def test_what_nobody_foresaw_is_no_full_disk_while_there_is_room(run: Any) -> None:
    with pytest.raises(RuntimeError, match="iostream"):
        run(RuntimeError("iostream error"), (64 << 20))


def test_events_are_lines_of_what_was_stdout_and_what_libraries_print_goes_to_stderr(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ways: list[tuple[int, int]] = []
    read, write = os.pipe()
    monkeypatch.setattr(os, "dup", lambda number: write if number == 1 else -1)
    monkeypatch.setattr(os, "dup2", lambda one, other: ways.append((one, other)))
    teller = export_job.Teller()
    teller.stage("parity", 0.123456)
    teller.event("measured", name="票")
    lines = os.read(read, 4096).decode().splitlines()
    assert ways == [(2, 1)]
    assert list(map(json.loads, lines)) == [
        {"kind": "stage", "stage": "parity", "share": 0.123}, {"kind": "measured", "name": "票"},
    ]  # fmt: skip
    assert "票" in lines[1]
    teller._out.close()
    os.close(read)


@pytest.mark.parametrize("leads", [True, False])
def test_when_nobody_listens_any_more_files_and_processes_go(
    leads: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    staging = tmp_path / "staging"
    (staging / "work").mkdir(parents=True)
    said, done = [b"still there", b""], list[Any]()
    monkeypatch.setattr(os, "read", lambda number, size: said.pop(0) if number == 0 < size else b"")
    monkeypatch.setattr(os, "getpgid", lambda pid: os.getpid() if leads else os.getpid() + 1)
    monkeypatch.setattr(os, "killpg", lambda group, how: done.append((group, how, staging.exists())))
    monkeypatch.setattr(os, "_exit", done.append)
    export_job.end_with_parent(staging)
    assert done == [*([(0, signal.SIGKILL, False)] if leads else []), 1]
    assert not staging.exists()
    assert said == []


def test_run_as_a_program_it_asks_for_its_specification(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(run_as_program(export_job, monkeypatch), ValueError)
