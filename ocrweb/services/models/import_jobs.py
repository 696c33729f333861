"""Model files that the page is asked to import: one at a time in the background."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrweb.data.archive_names import printable
from ocrweb.errors import OcrwebError
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
from ocrweb.services.work.jobs import Job, Jobs, Snapshot

WAITING = 4  # more that wait are refused: each may keep a core busy for minutes


@dataclass(frozen=True, slots=True)
class ImportSnapshot(Snapshot):
    """share: of the work, 0..1."""

    stage: str = "read"
    share: float = 0.0
    report: ImportReport | None = None


_jobs = Jobs[ImportSnapshot]("import", stopped="imports.cancelled")


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
    if sum(job.snapshot().active for job in _jobs.all()) >= WAITING:
        raise OcrwebError("imports.busy", count=WAITING)
    identifier, (kept,) = keep_uploads((upload,))
    job = Job(ImportSnapshot(identifier))

    def work() -> dict[str, Any]:
        if job.cancel.is_set():
            raise OcrwebError("imports.cancelled")
        request = ImportRequest(kept, name)
        return {"report": import_model(request, lambda stage, share: job.update(stage=stage, share=share), job.cancel)}

    return _jobs.start(job, work, lambda last: drop_uploads(last.id))


def import_job(identifier: str | None) -> ImportSnapshot | None:
    """The job as it is now; None when the id is unknown."""
    return _jobs.get(identifier)


def cancel_import(identifier: str | None) -> None:
    """End the import with all its processes; nothing of it stays."""
    _jobs.cancel(identifier)
