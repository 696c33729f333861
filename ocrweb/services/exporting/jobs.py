"""Exports that the page started: they run on in the background, one after the other, and any visit with the id sees
the same progress."""

from __future__ import annotations

import threading
import time
import uuid
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from ocrweb.config import paths
from ocrweb.config.named import named
from ocrweb.errors import OcrwebError
from ocrweb.services.exporting.plan import ExportRequest, plan_export
from ocrweb.services.exporting.run import ExportReport, read_report, run_export
from ocrweb.services.files.reports import internal_error

REMEMBERED = 20


@dataclass(frozen=True, slots=True)
class ExportSnapshot:
    """state: waiting, running, done, refused (by the gate), cancelled or failed. share: of the work, 0..1."""

    id: str
    request: ExportRequest
    state: str
    stage: str
    share: float
    seconds: float
    report: ExportReport | None
    error: OcrwebError | None

    @property
    def active(self) -> bool:
        return self.state in {"waiting", "running"}


class _Job:
    def __init__(self, identifier: str, request: ExportRequest) -> None:
        self.id = identifier
        self.request = request
        self.cancel = threading.Event()
        self._lock = threading.Lock()
        self._state, self._stage, self._share = "waiting", "load", 0.0
        self._start = self._end = 0.0
        self._report: ExportReport | None = None
        self._error: OcrwebError | None = None

    def snapshot(self) -> ExportSnapshot:
        with self._lock:
            seconds = (self._end or time.monotonic()) - self._start if self._start else 0.0
            return ExportSnapshot(
                self.id, self.request, self._state, self._stage, self._share, seconds, self._report, self._error
            )

    def work(self) -> None:
        with self._lock:
            self._state, self._start = "running", time.monotonic()
        try:
            if self.cancel.is_set():
                raise OcrwebError("export.cancelled")
            report = run_export(self.request, self._told, self.cancel)
            self._finish("done" if report.passed else "refused", report=report)
        except OcrwebError as error:
            self._finish("cancelled" if error.code == "export.cancelled" else "failed", error=error)
        except Exception as failure:  # a thread's last line of defence: the page must learn that it ended
            self._finish("failed", error=internal_error(failure))

    def _told(self, stage: str, share: float) -> None:
        with self._lock:
            self._stage, self._share = stage, share

    def _finish(self, state: str, report: ExportReport | None = None, error: OcrwebError | None = None) -> None:
        with self._lock:
            self._state, self._report, self._error, self._end = state, report, error, time.monotonic()


_jobs: OrderedDict[str, _Job] = OrderedDict()
_lock = threading.Lock()
_turn = threading.Semaphore(1)


def start_export(request: ExportRequest) -> str:
    """Export in the background, after those started before; the job's id. Raises what `plan_export` raises, at once."""
    plan_export(request)
    job = _Job(uuid.uuid4().hex, request)
    with _lock:
        _jobs[job.id] = job
        for old in [key for key, kept in _jobs.items() if not kept.snapshot().active][:-REMEMBERED]:
            del _jobs[old]
    threading.Thread(target=_take_turn, args=(job,), name=f"export-{job.id[:8]}", daemon=True).start()
    return job.id


def export_job(identifier: str | None) -> ExportSnapshot | None:
    """The job as it is now; None when the id is unknown (another console, or long ago)."""
    with _lock:
        job = _jobs.get(identifier or "")
    return job.snapshot() if job else None


def cancel_export(identifier: str | None) -> None:
    """End the export with all its processes; nothing of it stays."""
    with _lock:
        job = _jobs.get(identifier or "")
    if job:
        job.cancel.set()


def list_exports() -> list[str]:
    """Names of the exports in ``exports/`` that passed the gate, the newest first."""
    root = paths.exports_dir()
    if not root.is_dir():
        return []
    kept = [folder for folder in root.iterdir() if not folder.name.startswith(".") and read_report(folder)]
    return [folder.name for folder in sorted(kept, key=_age)]


def archive_of(name: str) -> Path | None:
    """The zip of an export that is there."""
    path = paths.exports_dir() / f"{named(name)}.zip"
    return path if path.is_file() else None


def _age(folder: Path) -> float:
    return -folder.stat().st_mtime


def _take_turn(job: _Job) -> None:
    with _turn:
        job.work()
