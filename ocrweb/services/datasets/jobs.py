"""Dataset work that the page started: it runs on in the background, and any visit with the id sees the same progress."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocrweb.config import paths
from ocrweb.config.named import named
from ocrweb.data.report import ValidationReport
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.record import read_record
from ocrweb.services.datasets.reports import known_report
from ocrweb.services.datasets.store import get_dataset, keep_validation
from ocrweb.services.datasets.validation import ValidateOptions, validate
from ocrweb.services.intake.inbox import drop_uploads
from ocrweb.services.work.jobs import Job, Jobs, Snapshot


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a piece of work left. dataset: the stored dataset to check next; None leaves it at that.

    note: sentences for people, as keys of ``ui_datasets`` with their values. file: something to download.
    strict: the check counts warnings as errors. anew: it looks at every picture although nothing changed.
    """

    dataset: str | None = None
    note: tuple[tuple[str, dict[str, Any]], ...] = ()
    file: Path | None = None
    check: bool = True
    strict: bool = False
    anew: bool = False


@dataclass(frozen=True, slots=True)
class DatasetJob(Snapshot):
    """stage: what is done at the moment. done, total: pictures, files or bytes of the stage.

    kind: what was asked for. report: of the check that ended the job.
    """

    kind: str = field(kw_only=True)
    stage: str = ""
    done: int = 0
    total: int = 0
    outcome: Outcome = field(default_factory=Outcome)
    report: ValidationReport | None = None


class Handle(Job[DatasetJob]):
    """How the work tells of its stages, and learns that it shall stop."""

    def stage(self, name: str) -> None:
        """Begin another part of the work."""
        self.update(stage=name, done=0, total=0)

    def progress(self, done: int, total: int) -> None:
        """Tell how far the stage is. Raises OcrwebError dataset.cancelled when somebody pressed stop."""
        self.update(done=done, total=total)
        if self.cancel.is_set():
            raise OcrwebError("dataset.cancelled", done=done, total=total)


Work = Callable[[Handle], Outcome]

_jobs = Jobs[DatasetJob]("dataset", stopped="dataset.cancelled", at_once=2, remembered=50)


def start(kind: str, work: Work, identifier: str | None = None) -> str:
    """Do the work in the background, then check the dataset it left; returns the job's id.

    identifier: of `keep_uploads`, whose files are removed when the job is over.
    """
    handle = Handle(DatasetJob(identifier or uuid.uuid4().hex, kind=kind))
    return _jobs.start(handle, lambda: _checked(handle, work), lambda last: drop_uploads(last.id))


def start_check(name: str, *, strict: bool = False) -> str:
    """Check a stored dataset in the background, anew. strict: warnings count as errors."""
    get_dataset(name)
    return start("check", lambda handle: Outcome(name, strict=strict, anew=True))


def dataset_job(identifier: str | None) -> DatasetJob | None:
    """The job as it is now; None when the id is unknown (another console, or long ago)."""
    return _jobs.get(identifier)


def cancel_job(identifier: str | None) -> None:
    """Stop as soon as the work says how far it is; what was half made is removed."""
    _jobs.cancel(identifier)


def report_of(name: str | None) -> ValidationReport | None:
    """What the latest check of a stored dataset found; None when its files are others since, or nobody has checked it."""
    try:
        root = paths.datasets_dir() / named(name)
    except OcrwebError:
        return None
    report = known_report(root)
    if report is None or not (read_record(root.name).validation or {}).get("strict"):
        return report
    return report.strictly()


def _checked(handle: Handle, work: Work) -> dict[str, Any]:
    """Do the work and check what it left."""
    outcome = work(handle)
    handle.update(outcome=outcome)
    checked = outcome.dataset if outcome.check else None
    if not checked:
        return {}
    handle.stage("check")
    handle.progress(0, 0)  # whoever pressed stop during the work wants no check either
    report = validate(checked, ValidateOptions(strict=outcome.strict), handle.progress, anew=outcome.anew)
    keep_validation(checked, report)
    return {"report": report}
