"""Batches that the page started: they run on in the background, and any visit with the id sees the same progress.

A console that starts anew tells of those of the one before from their records and output folders.
"""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrweb.errors import OcrwebError
from ocrweb.services.batch import record as batch_record
from ocrweb.services.batch.originals import Originals
from ocrweb.services.batch.past import JobSnapshot, can_resume, is_resumable, past_batch
from ocrweb.services.batch.progress import BatchProgress
from ocrweb.services.batch.record import BatchRecord, read_record, request_of, write_record
from ocrweb.services.batch.rows import Rows, kept_row, row_of
from ocrweb.services.batch.run import BatchRequest, BatchRow, BatchStart, run_batch
from ocrweb.services.files.pack import zip_outputs
from ocrweb.services.intake.inbox import drop_uploads, keep_uploads
from ocrweb.services.work.jobs import Job, Jobs

SAME_PRESS = 3.0  # seconds: a second press of the button so soon after the first asks for the same batch


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a press of the button asked for. visitor: one window of the page; "" never asks twice for the same."""

    visitor: str
    request: BatchRequest
    uploads: tuple[Path, ...]


class _Batch(Job[JobSnapshot]):
    """A batch of this console. record: as it is on the disk, or would be if that had room."""

    def __init__(self, record: BatchRecord, request: BatchRequest, asked: _Asked | None = None) -> None:
        super().__init__(JobSnapshot(record.id))
        self.record, self.request, self.asked = record, request, asked
        self.asked_at = time.monotonic()
        self._rows, self._originals = Rows(), Originals()

    def work(self) -> dict[str, Any]:
        self._note(state="running")
        report = run_batch(self.request, self._add, self.cancel, self._begin)
        archive = zip_outputs(report.folder) if report.done else None
        return {"state": "cancelled" if report.cancelled else "done", "seconds": report.seconds, "archive": archive}

    def ended(self, last: JobSnapshot) -> None:
        drop_uploads(last.id)  # before anybody is told, because the rest cannot be done without them
        failed = last.state == "failed"
        seconds = (last.progress.seconds if last.progress else 0.0) if failed else last.seconds
        error = last.error.to_record() if last.error else None
        with contextlib.suppress(OcrwebError):  # no room for the record: the results and the page still tell
            self._note(state=last.state, seconds=seconds, error=error)

    def _note(self, **changes: Any) -> None:
        self.record = dataclasses.replace(self.record, **changes)
        write_record(self.record)

    def _begin(self, start: BatchStart) -> None:
        for index, line in sorted(start.kept.items()):
            row = kept_row(index + 1, line, start.folder)
            if row is not None:
                self._rows.add(row)
        self._tell(BatchProgress(len(start.kept), start.total, 0, 0.0, 0.0, None))
        self.update(folder=start.folder)
        self._note(folder=str(start.folder), total=start.total)

    def _add(self, answer: BatchRow) -> None:
        self._rows.add(row_of(answer, self._originals.keep(answer.source)))
        self._tell(answer.progress)

    def _tell(self, progress: BatchProgress) -> None:
        rows = self._rows
        self.update(progress=progress, rows=rows.latest, failed=rows.failed, boxes=rows.boxes)


_jobs = Jobs[JobSnapshot]("batch", remembered=50)
_starting = threading.Lock()  # held while uploads are copied, which may take long


def start_batch(request: BatchRequest, uploads: tuple[Path, ...] = (), visitor: str = "") -> str:
    """Run a batch in the background, after those started before it; returns the job's id.

    uploads: files of the page's upload cache; they are linked or copied first, because that cache may be emptied.
    visitor: who asks; the same again from them while it runs is the same batch, not a second one.
    Raises `usage.not-writable` or `usage.disk-full`.
    """
    asked = _Asked(visitor, request, uploads)
    with _starting:
        twin = next((job for job in _jobs.all() if visitor and _is_same(job, asked)), None)
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
        return _launch(_Batch(record, request, asked))


def resume_batch(identifier: str | None) -> str:
    """Go on with a batch that was stopped or interrupted, in its folder and under its id; what is done is kept.

    Raises `batch.no-resume` when its pictures are gone or nothing is known of it.
    """
    with _starting:
        running = _jobs.get(identifier)
        if running is not None and running.active:
            return running.id
        record = read_record(identifier or "")
        if record is None or not can_resume(record):
            raise OcrwebError("batch.no-resume")
        fresh = dataclasses.replace(record, state="waiting", error=None, **batch_record.own_process())
        return _launch(_Batch(fresh, request_of(record)))


def batch_job(identifier: str | None) -> JobSnapshot | None:
    """The batch as it is now, or as its record or its output folder tell; None when nothing is known of it."""
    job = _jobs.get(identifier)
    if job is None:
        return past_batch(identifier)
    return job if job.active else dataclasses.replace(job, resumable=is_resumable(job.id))


def cancel_batch(identifier: str | None) -> None:
    """Stop after the pictures in work; what is done is kept."""
    _jobs.cancel(identifier)


def pack_batch(identifier: str | None) -> Path:
    """The zip of a batch that has none yet, such as one that was interrupted. Raises what `zip_outputs` raises."""
    job = batch_job(identifier)
    if job is None or job.folder is None:
        raise OcrwebError("batch.no-results")
    return job.archive or zip_outputs(job.folder)


def _is_same(job: Job[JobSnapshot], asked: _Asked) -> bool:
    if not isinstance(job, _Batch) or job.asked != asked or job.cancel.is_set():
        return False
    return job.snapshot().active or time.monotonic() - job.asked_at < SAME_PRESS


def _launch(job: _Batch) -> str:
    """Start the batch; the caller holds `_starting`. Its uploads go when it cannot be recorded."""
    try:
        write_record(job.record)
    except OcrwebError:
        drop_uploads(job.id)
        raise
    return _jobs.start(job, job.work, job.ended)


def _name_of(given: tuple[Path, ...]) -> str:
    """What people call the batch: its first file or folder, and how many more there are."""
    more = f" +{len(given) - 1}" if len(given) > 1 else ""
    return f"{given[0].name}{more}"
