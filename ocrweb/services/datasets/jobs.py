"""Dataset work that the page started: it runs on in the background, and any visit with the id sees the same progress."""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocrweb.data.report import ValidationReport
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.store import get_dataset, keep_validation
from ocrweb.services.datasets.validation import ValidateOptions, validate
from ocrweb.services.intake.inbox import drop_uploads
from ocrweb.services.work.jobs import Job, Jobs, Snapshot

REMEMBERED_REPORTS = 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a piece of work left. dataset: the stored dataset to check next; None leaves it at that.

    note: sentences for people, as keys of ``ui_datasets`` with their values. file: something to download.
    strict: the check counts warnings as errors.
    """

    dataset: str | None = None
    note: tuple[tuple[str, dict[str, Any]], ...] = ()
    file: Path | None = None
    check: bool = True
    strict: bool = False


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
_reports: OrderedDict[str, ValidationReport] = OrderedDict()
_lock = threading.Lock()


def start(kind: str, work: Work, identifier: str | None = None) -> str:
    """Do the work in the background, then check the dataset it left; returns the job's id.

    identifier: of `keep_uploads`, whose files are removed when the job is over.
    """
    handle = Handle(DatasetJob(identifier or uuid.uuid4().hex, kind=kind))
    return _jobs.start(handle, lambda: _checked(handle, work), lambda last: drop_uploads(last.id))


def start_check(name: str, *, strict: bool = False) -> str:
    """Check a stored dataset in the background. strict: warnings count as errors."""
    get_dataset(name)
    return start("check", lambda handle: Outcome(name, strict=strict))


def dataset_job(identifier: str | None) -> DatasetJob | None:
    """The job as it is now; None when the id is unknown (another console, or long ago)."""
    return _jobs.get(identifier)


def cancel_job(identifier: str | None) -> None:
    """Stop as soon as the work says how far it is; what was half made is removed."""
    _jobs.cancel(identifier)


def report_of(name: str | None) -> ValidationReport | None:
    """What the latest check of a stored dataset found; None before the first since the console started."""
    with _lock:
        return _reports.get(name or "")


def forget_report(name: str, renamed: str | None = None) -> None:
    """The dataset is gone, or has another name now."""
    with _lock:
        report = _reports.pop(name, None)
        if report and renamed:
            _reports[renamed] = report


def _checked(handle: Handle, work: Work) -> dict[str, Any]:
    """Do the work and check what it left."""
    outcome = work(handle)
    handle.update(outcome=outcome)
    checked = outcome.dataset if outcome.check else None
    if not checked:
        return {}
    if handle.snapshot().kind != "check":
        forget_report(checked)  # it is of the dataset as it was before the work
    return {"report": _check(handle, checked, ValidateOptions(strict=outcome.strict))}


def _check(handle: Handle, name: str, options: ValidateOptions) -> ValidationReport:
    handle.stage("check")
    report = validate(name, options, handle.progress)
    keep_validation(name, report)
    with _lock:
        _reports.pop(name, None)
        _reports[name] = report
        while len(_reports) > REMEMBERED_REPORTS:
            _reports.popitem(last=False)
    return report
