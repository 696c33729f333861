"""Model files that the page is asked to import: one at a time in the background, any visit with the id sees the progress."""

from __future__ import annotations

import threading
import time
import uuid
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path

from ocrweb.data.archive_names import printable
from ocrweb.errors import OcrwebError
from ocrweb.services.files.reports import internal_error
from ocrweb.services.intake.inbox import drop_uploads, keep_uploads
from ocrweb.services.models.importing import (
    MIB,
    SUFFIXES,
    ImportReport,
    ImportRequest,
    checked_name,
    import_model,
    largest_file,
)

REMEMBERED = 20
WAITING = 4  # more that wait are refused: each may keep a core busy for minutes


@dataclass(frozen=True, slots=True)
class ImportSnapshot:
    """state: waiting, running, done, cancelled or failed. share: of the work, 0..1."""

    id: str
    state: str = "waiting"
    stage: str = "read"
    share: float = 0.0
    report: ImportReport | None = None
    error: OcrwebError | None = None
    seconds: float = 0.0

    @property
    def active(self) -> bool:
        return self.state in {"waiting", "running"}


class _Job:
    def __init__(self, identifier: str, request: ImportRequest) -> None:
        self.request = request
        self.cancel = threading.Event()
        self.started = 0.0
        self.now = ImportSnapshot(identifier)

    def work(self) -> None:
        self.started = time.monotonic()
        self.now = replace(self.now, state="running")
        try:
            if self.cancel.is_set():
                raise OcrwebError("imports.cancelled")
            report = import_model(self.request, self._told, self.cancel)
            self.now = replace(self.now, state="done", report=report)
        except OcrwebError as error:
            self.now = replace(
                self.now, state="cancelled" if error.code == "imports.cancelled" else "failed", error=error
            )
        except Exception as failure:  # a thread's last line of defence: the page must learn that it ended
            self.now = replace(self.now, state="failed", error=internal_error(failure))
        finally:
            drop_uploads(self.now.id)

    def snapshot(self) -> ImportSnapshot:
        seconds = time.monotonic() - self.started if self.started and self.now.active else 0.0
        return replace(self.now, seconds=seconds)

    def _told(self, stage: str, share: float) -> None:
        self.now = replace(self.now, stage=stage, share=share)


_jobs: OrderedDict[str, _Job] = OrderedDict()
_lock = threading.Lock()
_turn = threading.Semaphore(1)


def start_import(upload: Path, name: str) -> str:
    """Import an uploaded file in the background; the job's id.

    Raises at once ``imports.not-a-model-file``, ``imports.too-large``, ``imports.bad-name``, ``imports.name-taken``,
    ``imports.busy``, ``usage.disk-full``.
    """
    shown = printable(upload.name)[:80]
    if upload.suffix.lower() not in SUFFIXES:
        raise OcrwebError("imports.not-a-model-file", name=shown)
    size, most = upload.stat().st_size, largest_file()
    if size > most:
        raise OcrwebError("imports.too-large", name=shown, size=f"{size / MIB:.0f}", most=most // MIB)
    if name.strip():
        checked_name(name)
    with _lock:
        if sum(job.now.active for job in _jobs.values()) >= WAITING:
            raise OcrwebError("imports.busy", count=WAITING)
    identifier, (kept,) = keep_uploads((upload,))
    job = _Job(identifier, ImportRequest(kept, name))
    with _lock:
        _jobs[identifier] = job
        for old in [key for key, one in _jobs.items() if not one.now.active][:-REMEMBERED]:
            del _jobs[old]
    threading.Thread(target=_take_turn, args=(job,), name=f"import-{uuid.uuid4().hex[:8]}", daemon=True).start()
    return identifier


def import_job(identifier: str | None) -> ImportSnapshot | None:
    """The job as it is now; None when the id is unknown."""
    with _lock:
        job = _jobs.get(identifier or "")
    return job.snapshot() if job else None


def cancel_import(identifier: str | None) -> None:
    """End the import with all its processes; nothing of it stays."""
    with _lock:
        job = _jobs.get(identifier or "")
    if job:
        job.cancel.set()


def _take_turn(job: _Job) -> None:
    with _turn:
        job.work()
