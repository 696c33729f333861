"""Copies of uploads live as long as their job: of a console that was killed they go at the next start."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ocrweb.services.batch.past import is_unfinished
from ocrweb.services.batch.record import BatchRecord, request_document, write_record
from ocrweb.services.batch.run import BatchRequest
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.intake import inbox as keeping
from ocrweb.services.intake.inbox import inbox, keep_uploads
from ocrweb.services.root.leftovers import sweep_data_root


@pytest.fixture(scope="module")
def gone() -> int:
    """The number of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def kept_by(pid: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of a job with one upload, as the console of this number left it."""
    upload = tmp_path / "a.png"
    upload.write_bytes(b"picture")
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: pid)
        return keep_uploads((upload,))[0]


def recorded(identifier: str, state: str, pid: int) -> None:
    request = request_document(BatchRequest((inbox() / identifier / "0" / "a.png",), DetectRequest()))
    write_record(BatchRecord(identifier, "a.png", time.time(), request, state=state, pid=pid))


def test_what_a_killed_console_left_goes_at_the_next_start(
    gone: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier = kept_by(gone, tmp_path, monkeypatch)
    sweep_data_root()
    assert not (inbox() / identifier).exists()


def test_what_a_living_console_works_on_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    identifier = kept_by(os.getppid(), tmp_path, monkeypatch)
    sweep_data_root()
    assert (inbox() / identifier / "0" / "a.png").read_bytes() == b"picture"


@pytest.mark.parametrize(("state", "stays"), [("waiting", True), ("running", True), ("failed", True), ("done", False)])
def test_a_batch_that_can_be_gone_on_with_keeps_its_pictures_for_a_week(
    gone: int, state: str, stays: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier = kept_by(gone, tmp_path, monkeypatch)
    recorded(identifier, state, gone)
    sweep_data_root()
    assert (inbox() / identifier).exists() == stays
    later = time.time() + keeping.LEFT_OVER_SECONDS + 60
    monkeypatch.setattr(keeping.time, "time", lambda: later)
    sweep_data_root()
    assert not (inbox() / identifier).exists()


def test_a_folder_of_an_older_version_goes_after_a_week(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = inbox() / ("0" * 32) / "0"
    left.mkdir(parents=True)
    assert keeping.sweep_inbox(is_unfinished) == 0
    later = time.time() + keeping.LEFT_OVER_SECONDS + 60
    monkeypatch.setattr(keeping.time, "time", lambda: later)
    assert keeping.sweep_inbox(is_unfinished) == 1


def test_what_is_a_week_old_to_the_second_stays_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    (inbox() / ("0" * 32)).mkdir(parents=True)
    os.utime(inbox() / ("0" * 32), (1000, 1000))
    for later, gone in ((7 * 86_400, 0), (7 * 86_400 + 1, 1)):
        monkeypatch.setattr(keeping.time, "time", lambda later=later: 1000.0 + later)
        assert keeping.sweep_inbox(lambda identifier: True) == gone


def test_uploads_of_one_name_lie_apart_in_their_order(tmp_path: Path) -> None:
    for folder in ("b", "a"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "1.png").write_text(folder)
    identifier, kept = keep_uploads((tmp_path / "b" / "1.png", tmp_path / "a" / "1.png"))
    assert [path.read_text() for path in kept] == ["b", "a"]
    assert [path.relative_to(inbox()).as_posix() for path in kept] == [f"{identifier}/0/1.png", f"{identifier}/1/1.png"]
    keeping.drop_uploads(identifier)
    assert list(inbox().iterdir()) == []
    keeping.drop_uploads(identifier)  # twice harms nothing


def test_a_job_without_uploads_leaves_no_folder() -> None:
    identifier, _ = keep_uploads(())
    assert not (inbox() / identifier).exists()
