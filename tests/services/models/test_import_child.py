"""The child that reads a stranger's file cannot outstay its time, its memory or its welcome."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

import psutil
import pytest

from ocrweb.disk.limits import Limits
from ocrweb.errors import OcrwebError
from ocrweb.services.models import import_child

MANY = Limits(seconds=120.0, memory=2 << 30, file=1 << 30)


def run(
    deed: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    limits: Limits = MANY,
    cancel: threading.Event | None = None,
) -> OcrwebError:
    monkeypatch.setattr(import_child, "JOB", "tests.services.models.import_children")
    staging = tmp_path / "staging"
    staging.mkdir()
    spec = {"name": deed, "shown": "theirs.onnx", "told": str(tmp_path)}

    def told(stage: str, share: float) -> None:
        if cancel is not None:
            cancel.set()

    with pytest.raises(OcrwebError) as caught:
        import_child.run_child(spec, staging, limits, told, cancel)
    return caught.value


def wait_until_gone(tmp_path: Path) -> None:
    """For the end of the process that the child started; psutil.TimeoutExpired when it lives on."""
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(int((tmp_path / "pid").read_text())).wait(10)


def test_one_that_does_not_answer_is_ended_with_all_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = run("sleeps", tmp_path, monkeypatch, Limits(2.0, 2 << 30, 1 << 30))
    assert (error.code, error.params["seconds"]) == ("imports.no-answer", 2)
    wait_until_gone(tmp_path)


def test_one_that_eats_memory_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = run("eats", tmp_path, monkeypatch, Limits(120.0, 256 << 20, 1 << 30))
    assert (error.code, error.params["mib"]) == ("imports.memory", 256)


def test_one_that_crashes_is_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = run("crashes", tmp_path, monkeypatch)
    assert (error.code, error.params["reason"]) == ("imports.crashed", "SIGABRT")


def test_one_that_nobody_wants_any_more_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("sleeps", tmp_path, monkeypatch, cancel=threading.Event()).code == "imports.cancelled"


def test_its_error_names_the_file_and_no_folder_of_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = run("fails", tmp_path, monkeypatch)
    assert error.code == "model.damaged"
    assert "theirs.onnx" in error.message("en")
    assert str(tmp_path) not in error.message("en")


def test_it_knows_no_setting_and_no_secret_of_the_console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_AUTH", "anna:s3cret")
    run("crashes", tmp_path, monkeypatch)
    environment = (tmp_path / "environment").read_text()
    assert "s3cret" not in environment
    assert f"OCRWEB_HOME={tmp_path / 'staging'}" in environment
