"""Dataset work that the page started: it runs on in the background, and any visit with the id sees the same progress."""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ocrweb.data.report import ValidationReport
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.store import get_dataset, keep_validation
from ocrweb.services.datasets.validation import ValidateOptions, validate
from ocrweb.services.files.reports import internal_error
from ocrweb.services.intake.inbox import drop_uploads

REMEMBERED_JOBS = 50
REMEMBERED_REPORTS = 20
AT_ONCE = 2


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
class DatasetJob:
    """A job as it is now. kind: what was asked for. stage: what is done at the moment.

    state: waiting, running, done, cancelled or failed. done, total: pictures, files or bytes of the stage.
    report: of the check that ended the job.
    """

    id: str
    kind: str
    state: str = "waiting"
    stage: str = ""
    done: int = 0
    total: int = 0
    outcome: Outcome = field(default_factory=Outcome)
    report: ValidationReport | None = None
    error: OcrwebError | None = None

    @property
    def active(self) -> bool:
        return self.state in {"waiting", "running"}


class Handle:
    """A running job's side of the matter: it tells how far it is, and learns there that it shall stop."""

    def __init__(self, job: DatasetJob) -> None:
        self.cancel = threading.Event()
        self._lock = threading.Lock()
        self._job = job

    def snapshot(self) -> DatasetJob:
        with self._lock:
            return self._job

    def update(self, **changes: Any) -> None:
        with self._lock:
            self._job = replace(self._job, **changes)

    def stage(self, name: str) -> None:
        """Begin another part of the work."""
        self.update(stage=name, done=0, total=0)

    def progress(self, done: int, total: int) -> None:
        """Tell how far the stage is. Raises OcrwebError dataset.cancelled when somebody pressed stop."""
        self.update(done=done, total=total)
        if self.cancel.is_set():
            raise OcrwebError("dataset.cancelled", done=done, total=total)


Work = Callable[[Handle], Outcome]

_handles: OrderedDict[str, Handle] = OrderedDict()
_reports: OrderedDict[str, ValidationReport] = OrderedDict()
_lock = threading.Lock()
_turns = threading.Semaphore(AT_ONCE)


def start(kind: str, work: Work, identifier: str | None = None) -> str:
    """Do the work in the background, then check the dataset it left; returns the job's id.

    identifier: of `keep_uploads`, whose files are removed when the job is over.
    """
    identifier = identifier or uuid.uuid4().hex
    handle = Handle(DatasetJob(identifier, kind))
    with _lock:
        _handles[identifier] = handle
        for old in [key for key, kept in _handles.items() if not kept.snapshot().active][:-REMEMBERED_JOBS]:
            del _handles[old]
    threading.Thread(target=_take_turn, args=(handle, work), name=f"dataset-{identifier[:8]}", daemon=True).start()
    return identifier


def start_check(name: str, *, strict: bool = False) -> str:
    """Check a stored dataset in the background. strict: warnings count as errors."""
    get_dataset(name)
    return start("check", lambda handle: Outcome(name, strict=strict))


def dataset_job(identifier: str | None) -> DatasetJob | None:
    """The job as it is now; None when the id is unknown (another console, or long ago)."""
    with _lock:
        handle = _handles.get(identifier or "")
    return handle.snapshot() if handle else None


def cancel_job(identifier: str | None) -> None:
    """Stop as soon as the work says how far it is; what was half made is removed."""
    with _lock:
        handle = _handles.get(identifier or "")
    if handle:
        handle.cancel.set()


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


def _take_turn(handle: Handle, work: Work) -> None:
    with _turns:
        handle.update(state="running")
        ended = _ended(handle, work)
        drop_uploads(handle.snapshot().id)
        handle.update(**ended)


def _ended(handle: Handle, work: Work) -> dict[str, Any]:
    """Do the work; what the job is afterwards."""
    try:
        outcome = work(handle)
        handle.update(outcome=outcome)
        checked = outcome.dataset if outcome.check else None
        if checked and handle.snapshot().kind != "check":
            forget_report(checked)  # it is of the dataset as it was before the work
        report = _check(handle, checked, ValidateOptions(strict=outcome.strict)) if checked else None
        return {"state": "done", "report": report}
    except OcrwebError as error:
        stopped = error.code == "dataset.cancelled"
        return {"state": "cancelled" if stopped else "failed", "error": None if stopped else error}
    except Exception as failure:  # a thread's last line of defence: the page must learn that it ended
        return {"state": "failed", "error": internal_error(failure)}


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
