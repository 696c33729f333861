"""Exports that the page started, one after the other in the background."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocrweb.config import paths
from ocrweb.config.named import named
from ocrweb.errors import OcrwebError
from ocrweb.services.exporting.plan import ExportRequest, plan_export
from ocrweb.services.exporting.run import ExportReport, read_report, run_export
from ocrweb.services.work.jobs import Job, Jobs, Snapshot


@dataclass(frozen=True, slots=True)
class ExportSnapshot(Snapshot):
    """state: also refused (by the gate). share: of the work, 0..1."""

    request: ExportRequest = field(kw_only=True)
    stage: str = "load"
    share: float = 0.0
    report: ExportReport | None = None


_jobs = Jobs[ExportSnapshot]("export", stopped="export.cancelled")


def start_export(request: ExportRequest) -> str:
    """Export in the background, after those started before; the job's id. Raises what `plan_export` raises, at once."""
    plan_export(request)
    job = Job(ExportSnapshot(uuid.uuid4().hex, request=request))

    def work() -> dict[str, Any]:
        if job.cancel.is_set():
            raise OcrwebError("export.cancelled")
        report = run_export(request, lambda stage, share: job.update(stage=stage, share=share), job.cancel)
        return {"state": "done" if report.passed else "refused", "report": report}

    return _jobs.start(job, work)


def export_job(identifier: str | None) -> ExportSnapshot | None:
    """The job as it is now; None when the id is unknown (another console, or long ago)."""
    return _jobs.get(identifier)


def cancel_export(identifier: str | None) -> None:
    """End the export with all its processes; nothing of it stays."""
    _jobs.cancel(identifier)


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
