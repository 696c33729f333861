"""Batches in the background: one press is one batch, and a console that was killed has not lost what it did."""

from __future__ import annotations

import dataclasses
import errno
import os
import shutil
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from ocrweb.config.detection import DecodeOptions
from ocrweb.errors import OcrwebError
from ocrweb.services.batch import jobs as batch_jobs
from ocrweb.services.batch import record as batch_record
from ocrweb.services.batch.jobs import batch_job, cancel_batch, pack_batch, resume_batch, start_batch
from ocrweb.services.batch.past import JobSnapshot, list_batches, past_batch
from ocrweb.services.batch.record import BatchRecord, read_record, request_document, write_record
from ocrweb.services.batch.run import BatchRequest, run_batch
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.files.outputs import OutputFolder
from ocrweb.services.intake.inbox import inbox, keep_uploads
from ocrweb.services.work.jobs import Jobs

pytestmark = pytest.mark.usefixtures("detector")
GONE = {"pid": 2**22 + 1, "born": 1.0}  # no process has this number


@pytest.fixture(autouse=True)
def new_console(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(batch_jobs, "_jobs", Jobs("batch"))
    monkeypatch.setenv("OCRWEB_ALLOWED_ROOTS", str(tmp_path))


def finished(identifier: str) -> JobSnapshot:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        job = batch_job(identifier)
        assert job is not None
        if not job.active:
            return job
        time.sleep(0.01)
    raise AssertionError("still running")


def asked(*paths: Path) -> BatchRequest:
    return BatchRequest(paths, confined=True, names_only=True)


def interrupted(*given: Path, done: int = 2, identifier: str = "0" * 32) -> str:
    """A batch whose console was killed after so many pictures; its id."""
    request = dataclasses.replace(asked(*given), workers=1)
    cancel = threading.Event()
    report = run_batch(request, lambda row: cancel.set() if row.progress.done >= done else None, cancel)
    assert 0 < report.done < report.total
    record = BatchRecord(
        identifier, "pictures", time.time(), request_document(request), "running", str(report.folder), report.total, **GONE
    )  # fmt: skip
    write_record(record)
    return identifier


def test_a_second_press_of_the_button_is_the_same_batch(
    pictures: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_jobs, "SAME_PRESS", 600.0)  # a busy machine is no slow finger
    first = start_batch(asked(pictures), visitor="a")
    assert start_batch(asked(pictures), visitor="a") == first
    assert finished(first).state == "done"
    assert start_batch(asked(pictures), visitor="a") == first  # a fast batch was over before the second press came
    assert len(list((home / "outputs").glob("outputs_*/"))) == 1


@pytest.mark.parametrize(("later", "same"), [(2.9, True), (3.0, False)])
def test_a_press_three_seconds_later_asks_for_another_batch(
    later: float, same: bool, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(batch_jobs, "time", SimpleNamespace(monotonic=lambda: clock.now, time=time.time))
    first = start_batch(asked(pictures), visitor="a")
    assert finished(first).state == "done"
    clock.now += later
    again = start_batch(asked(pictures), visitor="a")
    assert (again == first) is same
    assert finished(again).state == "done"


def test_a_batch_is_called_by_its_first_file_and_how_many_more_there_are(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_jobs, "_launch", lambda job: job.record.name)
    files = tuple(sorted(pictures.iterdir()))
    assert [start_batch(asked(*files[:count])) for count in (1, 2, 3)] == ["p1.png", "p1.png +1", "p1.png +2"]
    assert start_batch(asked(pictures), files[:1]) == "pictures +1"


def test_another_window_other_settings_or_a_stopped_batch_make_a_new_one(pictures: Path) -> None:
    first = start_batch(asked(pictures), visitor="a")
    other = dataclasses.replace(asked(pictures), detect=DetectRequest(decode=DecodeOptions(threshold=0.5)))
    found = {first, start_batch(asked(pictures), visitor="b"), start_batch(other, visitor="a")}
    cancel_batch(first)
    found.add(start_batch(asked(pictures), visitor="a"))
    assert len(found) == 4
    assert all(finished(identifier) for identifier in found)


def test_a_batch_that_cannot_be_recorded_does_not_start_and_keeps_no_uploads(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(record: BatchRecord) -> None:
        raise OcrwebError("usage.disk-full", path="x")

    monkeypatch.setattr(batch_jobs, "write_record", full)
    with pytest.raises(OcrwebError, match="disk-full"):
        start_batch(asked(), (pictures / "p1.png",))
    assert not list(inbox().iterdir())


def test_a_disk_that_fills_up_is_told_and_what_was_done_can_be_gone_on_with(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if list(self.parent.glob("p3_result.png")):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(self, data)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        job = finished(start_batch(dataclasses.replace(asked(pictures), workers=1)))
    assert job.state == "failed"
    assert job.error is not None
    assert job.error.code == "usage.disk-full"
    assert job.resumable
    assert finished(resume_batch(job.id)).state == "done"


def test_a_finished_batch_is_the_same_for_a_new_console(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (pictures / "p2.png").write_bytes(b"")
    live = finished(start_batch(asked(pictures)))
    monkeypatch.setattr(batch_jobs, "_jobs", Jobs("batch"))
    again = batch_job(live.id)
    assert again is not None
    assert live.progress is not None
    assert again.progress is not None
    assert (again.state, again.folder, again.archive, again.boxes) == ("done", live.folder, live.archive, live.boxes)
    assert (again.progress.done, again.progress.total, again.progress.failed) == (6, 6, 1)
    assert [row.number for row in again.rows] == [row.number for row in live.rows] == [1, 3, 4, 5, 6]
    assert [row.drawing for row in again.rows] == [row.drawing for row in live.rows]
    (failed,) = again.failed
    assert failed.error is not None
    assert failed.error.code == "image.empty"
    assert "empty" in failed.error.message("en")


def test_a_batch_of_a_killed_console_is_interrupted_and_goes_on_in_its_folder(pictures: Path) -> None:
    identifier = interrupted(pictures)
    job = batch_job(identifier)
    assert job is not None
    assert job.progress is not None
    assert job.folder is not None
    assert (job.state, job.active, job.resumable, job.progress.total) == ("interrupted", False, True, 6)
    assert job.progress.done == len(job.rows) < 6
    kept = {path: path.stat().st_mtime_ns for path in OutputFolder(job.folder).json.iterdir()}
    assert resume_batch(identifier) == identifier
    whole = finished(identifier)
    assert whole.progress is not None
    assert (whole.state, whole.folder, whole.progress.done, whole.resumable) == ("done", job.folder, 6, False)
    assert sorted(row.number for row in whole.rows) == [1, 2, 3, 4, 5, 6]
    assert whole.boxes == 21
    assert all(path.stat().st_mtime_ns == when for path, when in kept.items())


def test_a_batch_goes_on_although_the_new_console_works_in_another_folder(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier = interrupted(pictures)
    before = batch_job(identifier)
    assert before is not None
    assert before.folder is not None
    kept = {path: path.stat().st_mtime_ns for path in OutputFolder(before.folder).json.iterdir()}
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert finished(resume_batch(identifier)).state == "done"
    assert len(list(OutputFolder(before.folder).json.iterdir())) == 6
    assert all(path.stat().st_mtime_ns == when for path, when in kept.items())


def test_uploads_are_not_done_again_when_the_page_has_dropped_its_own_copies(pictures: Path) -> None:
    identifier, kept = keep_uploads(tuple(sorted(pictures.iterdir())))
    before = batch_job(interrupted(*kept, identifier=identifier))
    assert before is not None
    assert before.folder is not None
    for path in OutputFolder(before.folder).json.iterdir():
        os.utime(path, (time.time() - 10,) * 2)  # long before the uploads lose their second name
    written = {path: path.stat().st_mtime_ns for path in OutputFolder(before.folder).json.iterdir()}
    shutil.rmtree(pictures)
    assert finished(resume_batch(identifier)).state == "done"
    assert all(path.stat().st_mtime_ns == when for path, when in written.items())
    assert not (inbox() / identifier).exists()


def test_a_batch_whose_pictures_are_gone_keeps_its_results_but_cannot_go_on(pictures: Path) -> None:
    identifier = interrupted(pictures)
    shutil.rmtree(pictures)
    job = batch_job(identifier)
    assert job is not None
    assert (job.state, job.resumable) == ("interrupted", False)
    with pytest.raises(OcrwebError, match="no-resume"):
        resume_batch(identifier)
    archive = pack_batch(identifier)
    assert archive.is_file()
    packed = batch_job(identifier)
    assert packed is not None
    assert packed.archive == archive


def test_a_batch_of_another_console_that_still_runs_is_not_interrupted(pictures: Path) -> None:
    record = read_record(interrupted(pictures))
    assert record is not None
    write_record(dataclasses.replace(record, **batch_record.own_process()))
    job = batch_job(record.id)
    assert job is not None
    assert (job.state, job.resumable) == ("running", False)


def test_the_list_has_the_newest_batches_those_of_the_command_line_too(pictures: Path, home: Path) -> None:
    run_batch(BatchRequest((pictures / "p1.png", pictures / "p2.png")))
    (home / "outputs" / "outputs_20200101000000" / "json").mkdir(parents=True)  # a single picture's: no batch
    stopped = interrupted(pictures)
    newest = finished(start_batch(asked(pictures)))
    entries = list_batches()
    assert [(entry.id, entry.interrupted) for entry in entries[:2]] == [(newest.id, False), (stopped, True)]
    assert (entries[0].name, entries[0].done) == ("pictures", 6)
    assert [(entry.name, entry.done) for entry in entries[2:]] == [("", 2)]
    seen = past_batch(entries[2].id)
    assert seen is not None
    assert [row.boxes for row in seen.rows] == [1, 2]


@pytest.mark.parametrize("identifier", [None, "", "../../etc", "outputs_20200101000000", "f" * 32, "outputs_1/../x"])
def test_nothing_is_known_of_an_unknown_id(identifier: str | None, home: Path) -> None:
    (home / "outputs" / "outputs_20200101000000" / "json").mkdir(parents=True)
    assert batch_job(identifier) is None
    with pytest.raises(OcrwebError, match="no-resume"):
        resume_batch(identifier)


def test_a_damaged_record_is_no_batch() -> None:
    batch_record.records_dir().mkdir(parents=True)
    (batch_record.records_dir() / f"{'a' * 32}.json").write_text('{"id": 1')
    assert batch_job("a" * 32) is None
    assert list_batches() == []


def test_old_records_are_forgotten_when_a_batch_starts(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_record, "KEPT_RECORDS", 2)
    for number in range(4):
        write_record(BatchRecord(f"{number:032x}", "", 0.0, {"paths": []}))
        os.utime(batch_record.records_dir() / f"{number:032x}.json", (number, number))
    new = finished(start_batch(asked(pictures))).id
    assert {record.id for record in batch_record.list_records()} == {new, *(f"{number:032x}" for number in (2, 3))}
