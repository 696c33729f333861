"""Batches that the page started: they run on in the background, and any visit with the id sees the same progress."""

from __future__ import annotations

import dataclasses
import threading
from collections import OrderedDict, deque
from dataclasses import dataclass
from pathlib import Path

from ocrweb.errors import OcrwebError
from ocrweb.services.batch import BatchReport, BatchRequest, BatchRow, run_batch
from ocrweb.services.inbox import drop_uploads, keep_uploads
from ocrweb.services.outputs import zip_outputs
from ocrweb.services.progress import Progress
from ocrweb.services.reports import internal_error

SHOWN_ROWS = 200
REMEMBERED = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One answered picture, light enough to keep: no arrays."""

    number: int
    name: str
    boxes: int
    seconds: float
    error: OcrwebError | None
    drawing: Path | None


@dataclass(frozen=True, slots=True)
class JobSnapshot:
    """rows: the latest `SHOWN_ROWS`. state: waiting, running, done, cancelled or failed. archive: the zip when finished."""

    id: str
    state: str
    progress: Progress | None
    rows: tuple[Row, ...]
    report: BatchReport | None
    archive: Path | None
    error: OcrwebError | None

    @property
    def active(self) -> bool:
        return self.state in {"waiting", "running"}


class _Job:
    def __init__(self, identifier: str, request: BatchRequest) -> None:
        self.id = identifier
        self.request = request
        self.cancel = threading.Event()
        self._lock = threading.Lock()
        self._rows: deque[Row] = deque(maxlen=SHOWN_ROWS)
        self._state = "waiting"
        self._progress: Progress | None = None
        self._report: BatchReport | None = None
        self._archive: Path | None = None
        self._error: OcrwebError | None = None

    def snapshot(self) -> JobSnapshot:
        with self._lock:
            return JobSnapshot(
                self.id, self._state, self._progress, tuple(self._rows), self._report, self._archive, self._error
            )

    def work(self) -> None:
        with self._lock:
            self._state = "running"
        try:
            report = run_batch(self.request, self._add, self.cancel)
            archive = zip_outputs(report.folder) if report.done else None
            with self._lock:
                self._report, self._archive = report, archive
                self._state = "cancelled" if report.cancelled else "done"
        except OcrwebError as error:
            self._fail(error)
        except Exception as failure:  # a thread's last line of defence: the page must learn that it ended
            self._fail(internal_error(failure))
        finally:
            drop_uploads(self.id)

    def _fail(self, error: OcrwebError) -> None:
        with self._lock:
            self._state, self._error = "failed", error

    def _add(self, row: BatchRow) -> None:
        result = row.result
        light = Row(
            row.index + 1,
            result.image_path,
            len(result.regions),
            result.timing.total,
            result.error,
            row.saved.visualization,
        )
        with self._lock:
            self._rows.append(light)
            self._progress = row.progress


_jobs: OrderedDict[str, _Job] = OrderedDict()
_lock = threading.Lock()
_turn = threading.Semaphore(1)


def start_batch(request: BatchRequest, uploads: tuple[Path, ...] = ()) -> str:
    """Run a batch in the background, after those started before it; returns the job's id.

    uploads: files of the page's upload cache; they are linked or copied first, because that cache may be emptied.
    """
    identifier, kept = keep_uploads(uploads)
    job = _Job(identifier, dataclasses.replace(request, paths=(*request.paths, *kept)))
    with _lock:
        _jobs[identifier] = job
        for old in [key for key, kept_job in _jobs.items() if not kept_job.snapshot().active][:-REMEMBERED]:
            del _jobs[old]
    threading.Thread(target=_take_turn, args=(job,), name=f"batch-{identifier[:8]}", daemon=True).start()
    return identifier


def batch_job(identifier: str | None) -> JobSnapshot | None:
    """The job as it is now; None when the id is unknown (another console, or long ago)."""
    with _lock:
        job = _jobs.get(identifier or "")
    return job.snapshot() if job else None


def cancel_batch(identifier: str | None) -> None:
    """Stop after the pictures in work; what is done is kept."""
    with _lock:
        job = _jobs.get(identifier or "")
    if job:
        job.cancel.set()


def _take_turn(job: _Job) -> None:
    with _turn:
        job.work()
