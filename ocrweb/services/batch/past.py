"""Batches of the past: what their records and output folders tell, and the list of the newest."""

from __future__ import annotations

import itertools
import os
import re
import time
from dataclasses import dataclass, replace
from pathlib import Path

from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.services.batch.progress import BatchProgress
from ocrweb.services.batch.record import BatchRecord, list_records, read_record
from ocrweb.services.batch.rows import Row, read_rows
from ocrweb.services.files.retelling import revived
from ocrweb.services.intake.sources import RUN_MARK
from ocrweb.services.work.jobs import Snapshot

NEWEST = 20
_FOLDER = re.compile(r"outputs_(\d{14})(_\d+)?")


@dataclass(frozen=True, slots=True)
class JobSnapshot(Snapshot):
    """A batch at one moment.

    state: also interrupted (its console ended before it did). rows: the latest that could be used, failed: those that
    could not, as `Rows` keeps them; progress counts them all. folder: None before it is made. archive: the zip, when
    there is one. resumable: it can be gone on with.
    """

    progress: BatchProgress | None = None
    rows: tuple[Row, ...] = ()
    failed: tuple[Row, ...] = ()
    boxes: int = 0
    folder: Path | None = None
    archive: Path | None = None
    resumable: bool = False


@dataclass(frozen=True, slots=True)
class PastBatch:
    """A line of the list. name: of what was given, "" when only the folder is known. started: seconds since 1970.

    done: pictures with a result so far. interrupted: its console ended before it did. active: it waits or runs.
    """

    id: str
    name: str
    folder: str
    started: float
    done: int
    interrupted: bool
    active: bool = False


def past_batch(identifier: str | None) -> JobSnapshot | None:
    """A batch by its id or by the name of its output folder, read from the disk; None when there is nothing of it."""
    record = read_record(identifier or "")
    if record is not None:
        return _recorded(record)
    folder = _batch_folder(identifier or "")
    return _from_folder(folder.name, "done", folder) if folder else None


def list_batches() -> list[PastBatch]:
    """The newest `NEWEST` with a folder under ``outputs/``, or with work left; newest first."""
    found: dict[str, PastBatch] = {}
    for record in list_records():
        folder = Path(record.folder) if record.folder else None
        if record.state in {"waiting", "running"} if folder is None else folder.is_dir():
            name = folder.name if folder else ""
            active = record.state in {"waiting", "running"} and not record.orphaned
            found[name or record.id] = PastBatch(
                record.id, record.name, name, record.started, 0, record.orphaned, active
            )
    root = paths.outputs_dir()
    names = sorted((entry.name for entry in os.scandir(root)), reverse=True) if root.is_dir() else []
    others = (folder for folder in map(_batch_folder, names) if folder and folder.name not in found)
    for folder in itertools.islice(others, NEWEST):
        found[folder.name] = PastBatch(folder.name, "", folder.name, _started(folder), 0, False)
    newest = sorted(found.values(), key=lambda batch: batch.started, reverse=True)[:NEWEST]
    return [replace(batch, done=_done(root / batch.folder) if batch.folder else 0) for batch in newest]


def is_resumable(identifier: str) -> bool:
    """Whether there is a record of it by which it `can_resume`."""
    record = read_record(identifier)
    return record is not None and can_resume(record)


def can_resume(record: BatchRecord) -> bool:
    """Whether it stopped before its end, and its pictures are still on the server."""
    stopped = record.orphaned or record.state in {"cancelled", "failed"}
    return stopped and all(Path(path).exists() for path in record.request["paths"])


def is_unfinished(identifier: str) -> bool:
    """Whether its uploads are needed: it runs, in this console or another, or can be gone on with."""
    record = read_record(identifier)
    return record is not None and record.state != "done"


def _recorded(record: BatchRecord) -> JobSnapshot | None:
    state = "interrupted" if record.orphaned else record.state
    error, resumable = _error(record), can_resume(record)
    if not record.folder:
        return JobSnapshot(record.id, state, error=error, resumable=resumable)
    folder = Path(record.folder)
    if not folder.is_dir():
        return None
    snapshot = _from_folder(record.id, state, folder, record.total, record.seconds)
    return replace(snapshot, error=error, resumable=resumable)


def _from_folder(identifier: str, state: str, folder: Path, total: int = 0, seconds: float = 0.0) -> JobSnapshot:
    rows = read_rows(folder)
    progress = BatchProgress(rows.done, max(total, rows.done), rows.failures, seconds, 0.0, None)
    archive = folder.with_name(f"{folder.name}.zip")
    return JobSnapshot(
        identifier,
        state,
        progress,
        rows.latest,
        rows.failed,
        rows.boxes,
        folder,
        archive if _is_newer(archive, folder / "summary.csv") else None,
    )


def _error(record: BatchRecord) -> OcrwebError | None:
    if record.error is None:
        return None
    try:
        return revived(record.error)
    except (KeyError, TypeError, AttributeError):
        return None  # of another version


def _batch_folder(name: str) -> Path | None:
    """The output folder of this name, when a batch made it."""
    folder = paths.outputs_dir() / name
    return folder if _FOLDER.fullmatch(name) and (folder / RUN_MARK).is_file() else None


def _started(folder: Path) -> float:
    """When the folder was made, by its name."""
    try:
        return time.mktime(time.strptime(folder.name.split("_")[1], "%Y%m%d%H%M%S"))
    except (ValueError, OverflowError):
        return folder.stat().st_mtime


def _done(folder: Path) -> int:
    try:
        return sum(entry.name.endswith(".json") for entry in os.scandir(folder / "json"))
    except OSError:
        return 0


def _is_newer(archive: Path, summary: Path) -> bool:
    """Whether the zip was made after the last line of the summary."""
    try:
        return archive.stat().st_mtime >= summary.stat().st_mtime
    except OSError:
        return False
