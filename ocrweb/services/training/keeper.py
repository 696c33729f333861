"""What the console does for runs while nobody looks: starts waiting ones, ends those that do not stop, tells of the end.

All it knows is in files, so another console goes on where a killed one stopped.
"""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

from ocrweb.config import paths
from ocrweb.config.documents import parse_json
from ocrweb.disk.passing import sweep
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import write_whole
from ocrweb.rundir.status import FINISHED
from ocrweb.services.files.reports import internal_error
from ocrweb.services.training import jobs as training_jobs
from ocrweb.services.training import proof
from ocrweb.services.training import queue as training_queue
from ocrweb.services.training.notify import notify_ended
from ocrweb.services.training.runs import run_info

INTERVAL = 2.0
_started = threading.Event()


def start_keeper() -> None:
    """Keep runs in a background thread of this process; a second call does nothing."""
    if not _started.is_set():
        _started.set()
        threading.Thread(target=_keep, name="training-keeper", daemon=True).start()


def keep_once() -> list[str]:
    """One round; the runs that have ended since the last one."""
    training_jobs.force_overdue()
    before = _watched()
    training_queue.start_due()
    active = training_jobs.active_names()
    ended = [name for name in before if name not in active]
    if active != before:
        _remember(active)
    for name in ended:
        sweep(paths.workdirs_dir() / name, deep=True)
        _tell(name)
    return ended


def _tell(name: str) -> None:
    try:
        info = run_info(name)
    except OcrwebError:  # deleted since
        return
    notify_ended(info)
    if info.status.state == FINISHED:
        try:
            proof.make_proof(name)
        except OcrwebError as error:  # the page offers to prove it again, and says what is wrong then
            proof.keep_failure(info.folder, error)


def _keep() -> None:
    while True:
        try:
            keep_once()
        except Exception as failure:  # a thread's last line of defence: a report file, and the next round
            internal_error(failure)
            time.sleep(30)
        time.sleep(INTERVAL)


def _watched() -> list[str]:
    try:
        return [str(name) for name in parse_json(_file().read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return []


def _remember(active: list[str]) -> None:
    write_whole(_file(), json.dumps(active, ensure_ascii=False).encode())


def _file() -> Path:
    return paths.private_dir() / "watched.json"
