"""What a person does with training runs from the page: start, stop, resume, delete, note down, list."""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from ocrweb.config import paths
from ocrweb.config.documents import parse_json
from ocrweb.config.training import TrainingConfig, dataset_folder
from ocrweb.data.icdar import dataset_hash
from ocrweb.disk import atomic
from ocrweb.disk.process import Process
from ocrweb.errors import OcrwebError
from ocrweb.rundir import lines, names
from ocrweb.rundir.status import (
    ACTIVE,
    FINISHED,
    LOST,
    STOPPED,
    RunStatus,
    age,
    read_status,
    write_status,
)
from ocrweb.services.models.bin import put_run
from ocrweb.services.models.register import forget_use
from ocrweb.services.training import queue as training_queue
from ocrweb.services.training.checklist import check_config
from ocrweb.services.training.runs import RunInfo, prepare_run, request_stop, run_info
from ocrweb.services.training.told import doubt_of

NOTES = "notes.txt"
DATASET = "dataset.json"
STOP_MARK = ".stop"
FORCE_AFTER = 90.0  # seconds a worker gets to save its checkpoint
QUEUED = "queued"


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run for a list. state: one of `rundir.status`, or ``queued``. place: in the queue from 1, else 0.

    hmean, base_hmean: best that training reached so far and of the base model, None while unknown. outcome: as
    `RunStatus` has it; doubt: why its figures prove nothing, else "". seconds: since it was started.
    dataset: its folder's name; mark: short hash of the dataset's content at the start, "" when it was not taken.
    """

    name: str
    state: str
    place: int
    hmean: float | None
    base_hmean: float | None
    outcome: str | None
    doubt: str
    seconds: float
    epoch: int
    epochs: int
    dataset: str
    mark: str
    model: str
    notes: str


def start(config: TrainingConfig, own: Path | None = None) -> str:
    """Make a run and start it, or let it wait while its device is busy; its folder name. own: as `prepare_run` has it.

    Raises ``jobs.not-ready`` when a line of the checklist is an error, and what `prepare_run` raises. A run that cannot
    be made or queued leaves nothing behind.
    """
    wrong = next((item for item in check_config(config) if item.state == "error"), None)
    if wrong is not None:
        raise OcrwebError("jobs.not-ready", reason=wrong)
    mark = dataset_hash(dataset_folder(config.dataset))[:12]  # takes minutes: a run's folder would look lost meanwhile
    run = prepare_run(config, own)
    try:
        atomic.write_text(run / DATASET, json.dumps({"schema": 1, "name": Path(config.dataset).name, "mark": mark}))
        training_queue.enqueue(run.name)
    except BaseException:
        names.remove_run(run)
        raise
    training_queue.start_due()
    return run.name


def resume(name: str) -> str:
    """Let a run that was stopped, failed or lost go on; its folder name.

    Raises ``run.unknown``, ``run.still-active``, ``run.complete``.
    """
    info = run_info(name)
    if info.status.active:
        raise OcrwebError("run.still-active", name=info.name)
    if info.status.state == FINISHED:
        raise OcrwebError("run.complete", name=info.name, steps=info.status.step)
    (info.folder / STOP_MARK).unlink(missing_ok=True)
    training_queue.enqueue(info.name)
    training_queue.start_due()
    return info.name


def stop(name: str) -> None:
    """Ask a run to save a checkpoint and end; after `FORCE_AFTER` seconds `force_overdue` ends it. A waiting run
    leaves the queue and can be resumed. Raises ``run.unknown``, ``run.not-running``."""
    info = run_info(name)
    if not withdraw(info):
        request_stop(info.name)
        atomic.write_text(info.folder / STOP_MARK, str(time.monotonic()))


def withdraw(info: RunInfo) -> bool:
    """Take a waiting run out of the queue; whether it waited. One that was never started stays as a stopped run."""
    if not training_queue.place_of(info.folder) or not training_queue.withdraw(info.name):
        return False
    if not (info.folder / names.STATUS).exists():
        write_status(info.folder, RunStatus(state=STOPPED))
    return True


def force_overdue(patience: float = FORCE_AFTER) -> list[str]:
    """Kill the workers that were asked to stop more than `patience` seconds ago; their names."""
    killed = []
    for folder in names.list_runs(paths.workdirs_dir()):
        mark = folder / STOP_MARK
        if not mark.exists():
            continue
        status = read_status(folder)
        if not status.active:
            mark.unlink(missing_ok=True)
        elif _waited(mark) > patience:
            if status.process.is_running():
                _kill(status.pid)
            _say_stopped(folder)
            mark.unlink(missing_ok=True)
            killed.append(folder.name)
    return killed


def delete(name: str) -> str:
    """Move a run with all its files into the bin; its id there. Raises ``run.unknown``, ``run.still-active``."""
    info = run_info(name)
    if info.status.active:
        raise OcrwebError("run.still-active", name=info.name)
    training_queue.withdraw(info.name)
    forget_use(info.name)
    return put_run(info.folder)


def write_notes(name: str, text: str) -> None:
    """Keep a person's notes in the run folder."""
    atomic.write_text(run_info(name).folder / NOTES, text.strip() + "\n")


def read_notes(folder: Path) -> str:
    try:
        return (folder / NOTES).read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def rows() -> list[RunRow]:
    """All runs, the newest first. What did not change since the last call is not read again."""
    places = {entry.run: place for place, entry in enumerate(training_queue.waiting(), start=1)}
    return [_row_now(folder, places.get(folder.name, 0)) for folder in names.list_runs(paths.workdirs_dir())]


def row_of(info: RunInfo) -> RunRow:
    """One run, as `rows` has it."""
    return _row_now(info.folder, training_queue.place_of(info.folder))


def active_names() -> list[str]:
    """Runs whose worker is alive, the newest first."""
    return [folder.name for folder in names.list_runs(paths.workdirs_dir()) if read_status(folder).active]


def _row_now(folder: Path, place: int) -> RunRow:
    stamps = tuple(_stamp(folder / name) for name in (names.STATUS, names.CONFIG, NOTES, DATASET))
    row = _row(folder, stamps)
    if row.state in ACTIVE:
        row = _alive(row, read_status(folder))
    waits = place > 0 and row.state not in ACTIVE
    return dataclasses.replace(row, state=QUEUED, place=place) if waits else row


@functools.lru_cache(maxsize=2000)
def _row(folder: Path, stamps: tuple[int, ...]) -> RunRow:
    """A run as its files say, read once a version of them."""
    info = run_info(folder)
    status, config = info.status, info.config
    return RunRow(
        name=info.name,
        state=status.state,
        place=0,
        hmean=status.best.get("hmean") if status.best.get("step") else None,
        base_hmean=status.base_hmean,
        outcome=status.outcome,
        doubt=doubt_of(status.verdict),
        seconds=status.seconds,
        epoch=status.epoch,
        epochs=status.epochs or (config.epochs if config else 0),
        dataset=Path(config.dataset).name if config else "",
        mark=_kept_mark(info.folder),
        model=Path(config.model).name if config else "",
        notes=read_notes(info.folder),
    )


def _alive(row: RunRow, status: RunStatus) -> RunRow:
    """An active run now: its worker may be gone without a word."""
    return dataclasses.replace(row, state=status.state, seconds=age(status) if status.active else row.seconds)


def _waited(mark: Path) -> float:
    """Seconds since a run was asked to stop, by a clock that nobody sets; all of them when the mark cannot be read."""
    try:
        return time.monotonic() - float(mark.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return math.inf


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _kept_mark(folder: Path) -> str:
    try:
        return str(parse_json((folder / DATASET).read_text(encoding="utf-8"))["mark"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _kill(pid: int) -> None:
    """End a worker and what it started; it leads a session of its own unless a terminal started it."""
    try:
        if os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and Process(pid).is_running():
        time.sleep(0.05)


def _say_stopped(folder: Path) -> None:
    """The killed worker cannot say it itself."""
    status = read_status(folder)
    if status.state == LOST:
        write_status(folder, dataclasses.replace(status, state=STOPPED))
        with (folder / names.LOG).open("a", encoding="utf-8") as log:
            log.write(lines.stopped_line(status.step) + "\n")
