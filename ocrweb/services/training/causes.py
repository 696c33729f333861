"""The diagnosis of a watched run: made when there is something to say, and once for all who watch."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from ocrweb.config.judgement import POOR_BELOW
from ocrweb.services.files.recent import Recent
from ocrweb.services.training.diagnosis import Cause, diagnose_run
from ocrweb.services.training.diagnosis.engine import MISPLACED
from ocrweb.services.training.diagnosis.states import fallen
from ocrweb.services.training.view import RunView

SILENT = 120.0
KEPT = 32
READ_BYTES = 128 * 1024  # of each end of the log: half a second, however long it is
_lock = threading.Lock()
_known: Recent[tuple[Any, ...], tuple[Cause, ...]] = Recent(KEPT)
_grown: Recent[Path, tuple[int, float]] = Recent(KEPT)


def causes_key(view: RunView | None) -> tuple[Any, ...]:
    """Changes when another diagnosis is due: at the end, after two silent minutes, at a line that tells of trouble, at each
    evaluation of a model that training has destroyed, and at the first step from a base model that the labels do not fit.

    A long log is not read again for every line that a healthy run adds.
    """
    if view is None:
        return ()
    if not view.active:
        return (view.name, view.state, view.status.updated, view.log_size)
    trouble = any(level == "error" for level, _ in view.log)
    return (view.name, view.state, int(_idle(view) > SILENT), trouble, _destroyed(view), _poor_from_the_start(view))


def run_causes(view: RunView | None) -> tuple[Cause, ...]:
    """The causes, the surest first; none for a waiting run, nor for a healthy one that is going on."""
    if view is None or view.state == "queued":
        return ()
    key = causes_key(view)
    if view.active and not any(key[2:]):
        return ()
    idle = _idle(view) if view.active else None
    with _lock:  # of those who ask at once, one makes it
        if (known := _known.get(key)) is not None:
            return known
        found = diagnose_run(view.folder, idle=idle, read_bytes=READ_BYTES)
        if view.active and not any(key[2:-1]):  # it may still learn; what its labels are like is known
            found = tuple(cause for cause in found if cause.id == MISPLACED)
        return _known.put(key, found)


def _destroyed(view: RunView) -> int:
    """How often a run has been evaluated whose model is destroyed; 0 for a sound one."""
    hmeans = [hmean for hmean in view.evaluations.values["hmean"] if hmean is not None]
    if not hmeans or view.evaluations.steps[0] != 0:
        return 0
    return len(hmeans) if fallen(hmeans[0], hmeans[1:]) else 0


def _poor_from_the_start(view: RunView) -> bool:
    """Whether the base model scored poorly, and the run has looked at its labels for that (`Loop.measure_base`)."""
    evaluations = view.evaluations
    if view.status.step < 1 or not evaluations.steps or evaluations.steps[0] != 0:
        return False
    base = evaluations.values["hmean"][0]
    return base is not None and base < POOR_BELOW


def _idle(view: RunView) -> float:
    """Seconds for which this console has seen the log as long as it is now: a file's own time jumps with the clock."""
    now = time.monotonic()
    with _lock:
        size, since = _grown.get(view.folder) or (-1, now)
        if size != view.log_size:
            _, since = _grown.put(view.folder, (view.log_size, now))
    return now - since
