"""The process of an import ends with one event: what was proven, or why not, in a code."""

from __future__ import annotations

import errno
import json
import os
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from ocrweb.disk.limits import Limits
from ocrweb.errors import OcrwebError
from ocrweb.training import import_job
from ocrweb.training.importing import steps
from tests.training.program import run_as_program
from tests.training.told import Told

LIMITS = Limits(seconds=9.0, memory=3 << 20, file=1 << 20)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """In this process: its own stdout, limits and environment stay as they are."""
    told = Told()
    monkeypatch.setattr(import_job, "Teller", lambda: told)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.setattr(import_job, "machine_environment", lambda: {"MKL_X": "5"})
    return told


def run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, outcome: Exception | dict[str, Any]
) -> tuple[int, dict[str, Any]]:
    """Exit code, and what was watched and limited."""
    seen: dict[str, Any] = {}
    watched = threading.Event()

    def watch(staging: Path) -> None:
        seen["staging"] = staging
        watched.set()

    def work(*given: Any) -> dict[str, Any]:
        assert os.environ["MKL_X"] == "5"
        seen["given"] = given[:4]
        given[4]("prove", 0.5)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(import_job, "end_with_parent", watch)
    monkeypatch.setattr(import_job, "limit_self", lambda limits: seen.update(limits=limits))
    monkeypatch.setattr(steps, "import_file", work)
    spec = {"source": "/in/a.onnx", "folder": "/out", "name": "mine", "shown": "a.onnx", "limits": asdict(LIMITS)}
    (tmp_path / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
    try:
        return import_job.main([str(tmp_path / "spec.json")]), seen
    finally:
        assert watched.wait(30)


STAGE = {"kind": "stage", "stage": "prove", "share": 0.5}


def test_what_was_proven_is_told_by_a_process_with_limits_that_ends_with_its_parent(
    told: Told, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code, seen = run(monkeypatch, tmp_path, {"form": "onnx", "trains": False})
    assert code == 0
    assert told.events == [STAGE, {"kind": "proven", "form": "onnx", "trains": False}]
    assert seen == {
        "staging": tmp_path,
        "limits": LIMITS,
        "given": (Path("/in/a.onnx"), Path("/out"), "mine", "a.onnx"),
    }


@pytest.mark.parametrize(
    ("failure", "code", "params"),
    [
        (OcrwebError("imports.no-model", name="a.onnx", count=2), "imports.no-model", {"name": "a.onnx", "count": 2}),
        (MemoryError(), "imports.memory", {"mib": 3}),
        (OSError(errno.ENOSPC, "full"), "usage.disk-full", {"path": "models"}),
        (OSError(errno.EDQUOT, "full"), "usage.disk-full", {"path": "models"}),
        (OSError(errno.EFBIG, "long"), "usage.disk-full", {"path": "models"}),
    ],
    ids=lambda value: getattr(value, "strerror", None) or type(value).__name__,
)
def test_what_ended_it_is_one_code(
    failure: Exception, code: str, params: dict[str, Any], told: Told, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert run(monkeypatch, tmp_path, failure)[0] == 1
    assert told.events[0] == STAGE
    (event,) = told.events[1:]
    assert (event["kind"], event["code"], event["where"], event["params"]) == ("error", code, None, params)


@pytest.mark.parametrize("failure", [OSError(errno.EACCES, "no"), RuntimeError("unforeseen")])
def test_what_nobody_foresaw_goes_on_to_whoever_watches_the_process(
    failure: Exception, told: Told, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(type(failure)):
        run(monkeypatch, tmp_path, failure)
    assert told.events == [STAGE]


def test_run_as_a_program_it_asks_for_its_specification(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(run_as_program(import_job, monkeypatch), ValueError)
