"""Runs that wait for their device: one at a time a device, in an order people may change.

Everything is in files, so a restarted console goes on where the last one was: a waiting run is a run folder that is
named in the queue file and whose status is still the one it had then.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ocrweb.config import paths
from ocrweb.config.documents import parse_json
from ocrweb.disk import atomic
from ocrweb.disk.lock import run_lock
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.rundir.status import FAILED, read_status, write_status
from ocrweb.services.training.device import device_of
from ocrweb.services.training.runs import RunInfo, list_runs, resume_run, run_info, start_prepared

PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """run: folder name. added: seconds since 1970. seen: ``updated`` of the run's status at that time, 0 without one."""

    run: str
    added: float
    seen: float = 0.0


def waiting() -> tuple[Waiting, ...]:
    """The queue, the next one first. A damaged file is an empty queue."""
    try:
        document = parse_json(_file().read_text(encoding="utf-8"))
        return tuple(
            Waiting(str(entry["run"]), float(entry["added"]), float(entry.get("seen", 0.0)))
            for entry in document["waiting"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def place_of(run: Path) -> int:
    """From 1, the place of a run's folder in the queue; 0 when it does not wait, or was started since."""
    order = [entry.run for entry in waiting()]
    ours = run.name in order and run.resolve().parent == paths.workdirs_dir().resolve()
    return order.index(run.name) + 1 if ours and not read_status(run).active else 0


def enqueue(run: str) -> None:
    """Put a run at the end, unless it waits already."""
    with _changing() as queue:
        if run not in (entry.run for entry in queue):
            queue.append(Waiting(run, time.time(), read_status(paths.workdirs_dir() / run).updated))


def withdraw(run: str) -> bool:
    """Take a run out of the queue; whether it was in it."""
    with _changing() as queue:
        kept = [entry for entry in queue if entry.run != run]
        found = len(kept) < len(queue)
        queue[:] = kept
    return found


def move(run: str, places: int) -> None:
    """Let a waiting run move up (negative) or down by so many places."""
    with _changing() as queue:
        order = [entry.run for entry in queue]
        if run in order:
            entry = queue.pop(order.index(run))
            queue.insert(max(0, order.index(run) + places), entry)


def start_due() -> list[str]:
    """Start every waiting run whose device is free; the names of the started ones.

    A run that cannot be started leaves the queue; a new one is marked as failed with the reason.
    """
    if not waiting():
        return []
    started = []
    with _changing() as queue:
        busy = {device_in_use(info) for info in list_runs() if info.status.active}
        left = []
        for entry in queue:
            if not _still_waits(entry):
                continue
            device = device_in_use(run_info(entry.run))
            if device in busy:
                left.append(entry)
            elif _launch(entry.run):
                started.append(entry.run)
            else:
                continue
            busy.add(device)
        queue[:] = left
    return started


def device_in_use(info: RunInfo) -> str:
    """``cpu`` or ``gpu:N``: what a run works on, or would."""
    if info.status.active and info.status.device:
        return info.status.device
    return device_of(info.config.device if info.config else "auto")


def _still_waits(entry: Waiting) -> bool:
    """Not when its folder is gone, nor when it was started since: a console may die between starting and noting it."""
    folder = paths.workdirs_dir() / entry.run
    if not (folder / names.CONFIG).is_file():
        return False
    status = read_status(folder)
    return not status.active and status.updated == entry.seen


def _launch(run: str) -> bool:
    folder = paths.workdirs_dir() / run
    new = not (folder / names.STATUS).exists()
    try:
        if new:
            start_prepared(folder, gentle=True)
        else:
            resume_run(run, gentle=True)
    except OcrwebError as error:
        if new:
            write_status(folder, dataclasses.replace(read_status(folder), state=FAILED, cause=error.to_record()))
        return False
    return True


@contextmanager
def _changing() -> Iterator[list[Waiting]]:
    paths.private_dir().mkdir(parents=True, exist_ok=True)
    with run_lock(paths.private_dir(), patience=PATIENCE):
        before = waiting()
        queue = list(before)
        yield queue
        if tuple(queue) != before:
            document = {"schema": 1, "waiting": [dataclasses.asdict(entry) for entry in queue]}
            atomic.write_text(_file(), json.dumps(document, ensure_ascii=False, indent=1))


def _file() -> Path:
    return paths.private_dir() / "queue.json"
