"""The diagnosis of a watched run: made when there is something to say, and once for all who watch."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any

from ocrweb.services.training.diagnosis import Cause, diagnose_run
from ocrweb.services.training.view import RunView

SILENT = 120.0
KEPT = 32
READ_BYTES = 128 * 1024  # of each end of the log: half a second, however long it is
_lock = threading.Lock()
_known: OrderedDict[tuple[Any, ...], tuple[Cause, ...]] = OrderedDict()
_grown: OrderedDict[Path, tuple[int, float]] = OrderedDict()


def causes_key(view: RunView | None) -> tuple[Any, ...]:
    """Changes when another diagnosis is due: at the end, after two silent minutes, at a line that tells of trouble.

    A long log is not read again for every line that a healthy run adds.
    """
    if view is None:
        return ()
    if not view.active:
        return (view.name, view.state, view.status.updated, view.log_size)
    return (view.name, view.state, int(_idle(view) > SILENT), any(level == "error" for level, _ in view.log))


def run_causes(view: RunView | None) -> tuple[Cause, ...]:
    """The causes, the surest first; none for a waiting run, nor for a healthy one that is going on."""
    if view is None or view.state == "queued":
        return ()
    key = causes_key(view)
    if view.active and not any(key[2:]):
        return ()
    idle = _idle(view) if view.active else None
    with _lock:
        if key not in _known:
            _known[key] = diagnose_run(view.folder, idle=idle, read_bytes=READ_BYTES)
            while len(_known) > KEPT:
                _known.popitem(last=False)
        return _known[key]


def _idle(view: RunView) -> float:
    """Seconds for which this console has seen the log as long as it is now: a file's own time jumps with the clock."""
    now = time.monotonic()
    with _lock:
        size, since = _grown.get(view.folder, (-1, now))
        if size != view.log_size:
            size, since = view.log_size, now
        _grown[view.folder] = (size, since)
        _grown.move_to_end(view.folder)
        while len(_grown) > KEPT:
            _grown.popitem(last=False)
    return now - since
