"""Batches that the page started: they run on in the background, and any visit with the id sees the same progress.

A console that starts anew tells of those of the one before from their records and output folders.
"""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrweb.errors import OcrwebError
from ocrweb.services.batch import record as batch_record
from ocrweb.services.batch.past import JobSnapshot, can_resume, past_batch
from ocrweb.services.batch.progress import Progress
from ocrweb.services.batch.record import BatchRecord, read_record, request_of, write_record
from ocrweb.services.batch.rows import Rows, kept_row, row_of
from ocrweb.services.batch.run import BatchRequest, BatchRow, BatchStart, run_batch
from ocrweb.services.files.pack import zip_outputs
from ocrweb.services.files.reports import internal_error
from ocrweb.services.intake.inbox import drop_uploads, keep_uploads

REMEMBERED = 50
SAME_PRESS = 3.0  # seconds: a second press of the button so soon after the first asks for the same batch


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a press of the button asked for. visitor: one window of the page; "" never asks twice for the same."""

    visitor: str
    request: BatchRequest
    uploads: tuple[Path, ...]


class _Job:
    def __init__(self, record: BatchRecord, request: BatchRequest, asked: _Asked | None = None) -> None:
        self.id = record.id
        self.asked, self.asked_at = asked, time.monotonic()
        self.request = request
        self.cancel = threading.Event()
        self._lock = threading.Lock()
        self.record = record
        self._rows = Rows()
        self._progress: Progress | None = None
        self._archive: Path | None = None
        self._error: OcrwebError | None = None

    @property
    def active(self) -> bool:
        return self.record.state in {"waiting", "running"}

    def snapshot(self) -> JobSnapshot:
        with self._lock:
            record, rows = self.record, self._rows
            return JobSnapshot(
                self.id,
                record.state,
                self._progress,
                rows.latest,
                rows.failed,
                rows.boxes,
                Path(record.folder) if record.folder else None,
                self._archive,
                self._error,
                can_resume(record),
            )

    def work(self) -> None:
        ended = self._ended()
        drop_uploads(self.id)  # before anybody is told, because the rest cannot be done without them
        with contextlib.suppress(OcrwebError):  # no room for the record: the results and the page still tell
            self._note(**ended)

    def _ended(self) -> dict[str, Any]:
        """Do the work; what the record says afterwards."""
        try:
            self._note(state="running")
            report = run_batch(self.request, self._add, self.cancel, self._begin)
            archive = zip_outputs(report.folder) if report.done else None
            with self._lock:
                self._archive = archive
            return {"state": "cancelled" if report.cancelled else "done", "seconds": report.seconds}
        except OcrwebError as error:
            return self._failed(error)
        except Exception as failure:  # a thread's last line of defence: the page must learn that it ended
            return self._failed(internal_error(failure))

    def _failed(self, error: OcrwebError) -> dict[str, Any]:
        with self._lock:
            self._error = error
            seconds = self._progress.seconds if self._progress else 0.0
        return {"state": "failed", "seconds": seconds, "error": error.to_record()}

    def _note(self, **changes: Any) -> None:
        """Change the record, and what the page is told, which is changed where the disk has no room too."""
        record = dataclasses.replace(self.record, **changes)
        try:
            write_record(record)
        finally:
            with self._lock:
                self.record = record

    def _begin(self, start: BatchStart) -> None:
        with self._lock:
            for index, line in sorted(start.kept.items()):
                row = kept_row(index + 1, line, start.folder)
                if row is not None:
                    self._rows.add(row)
            self._progress = Progress(len(start.kept), start.total, 0, 0.0, 0.0, None)
        self._note(folder=str(start.folder), total=start.total)

    def _add(self, answer: BatchRow) -> None:
        row = row_of(answer)
        with self._lock:
            self._rows.add(row)
            self._progress = answer.progress


_jobs: OrderedDict[str, _Job] = OrderedDict()
_lock = threading.Lock()
_starting = threading.Lock()  # held while uploads are copied, which may take long
_turn = threading.Semaphore(1)


def start_batch(request: BatchRequest, uploads: tuple[Path, ...] = (), visitor: str = "") -> str:
    """Run a batch in the background, after those started before it; returns the job's id.

    uploads: files of the page's upload cache; they are linked or copied first, because that cache may be emptied.
    visitor: who asks; the same again from them while it runs is the same batch, not a second one.
    Raises `usage.not-writable` or `usage.disk-full`.
    """
    asked = _Asked(visitor, request, uploads)
    with _starting:
        with _lock:
            twin = next((job for job in _jobs.values() if visitor and _is_same(job, asked)), None)
        if twin is not None:
            return twin.id
        batch_record.sweep_records()
        identifier, kept = keep_uploads(uploads)
        request = dataclasses.replace(request, paths=(*request.paths, *kept))
        record = BatchRecord(
            identifier,
            _name_of(request.paths),
            time.time(),
            batch_record.request_document(request),
            **batch_record.own_process(),
        )
        return _launch(_Job(record, request, asked))


def resume_batch(identifier: str | None) -> str:
    """Go on with a batch that was stopped or interrupted, in its folder and under its id; what is done is kept.

    Raises `batch.no-resume` when its pictures are gone or nothing is known of it.
    """
    with _starting:
        running = _find(identifier)
        if running is not None and running.active:
            return running.id
        record = read_record(identifier or "")
        if record is None or not can_resume(record):
            raise OcrwebError("batch.no-resume")
        fresh = dataclasses.replace(record, state="waiting", error=None, **batch_record.own_process())
        return _launch(_Job(fresh, request_of(record)))


def batch_job(identifier: str | None) -> JobSnapshot | None:
    """The batch as it is now, or as its record or its output folder tell; None when nothing is known of it."""
    job = _find(identifier)
    return job.snapshot() if job else past_batch(identifier)


def cancel_batch(identifier: str | None) -> None:
    """Stop after the pictures in work; what is done is kept."""
    job = _find(identifier)
    if job:
        job.cancel.set()


def pack_batch(identifier: str | None) -> Path:
    """The zip of a batch that has none yet, such as one that was interrupted. Raises what `zip_outputs` raises."""
    job = batch_job(identifier)
    if job is None or job.folder is None:
        raise OcrwebError("batch.no-results")
    return job.archive or zip_outputs(job.folder)


def _find(identifier: str | None) -> _Job | None:
    with _lock:
        return _jobs.get(identifier or "")


def _is_same(job: _Job, asked: _Asked) -> bool:
    recent = time.monotonic() - job.asked_at < SAME_PRESS
    return job.asked == asked and (job.active or recent) and not job.cancel.is_set()


def _launch(job: _Job) -> str:
    """Remember the job and start its thread; the caller holds `_starting`. Its uploads go when it cannot be recorded."""
    try:
        write_record(job.record)
    except OcrwebError:
        drop_uploads(job.id)
        raise
    with _lock:
        _jobs[job.id] = job
        _jobs.move_to_end(job.id)
        for old in [key for key, kept in _jobs.items() if not kept.active][:-REMEMBERED]:
            del _jobs[old]
    threading.Thread(target=_take_turn, args=(job,), name=f"batch-{job.id[:8]}", daemon=True).start()
    return job.id


def _take_turn(job: _Job) -> None:
    with _turn:
        job.work()


def _name_of(given: tuple[Path, ...]) -> str:
    """What people call the batch: its first file or folder, and how many more there are."""
    more = f" +{len(given) - 1}" if len(given) > 1 else ""
    return f"{given[0].name}{more}"
