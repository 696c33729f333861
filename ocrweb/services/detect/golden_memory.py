"""The golden test set's verdict, remembered for as long as the model's files and the libraries stay the same."""

from __future__ import annotations

import hashlib
from threading import Lock

from ocrweb.runtime.catalogue import resolve
from ocrweb.services.detect.golden import GoldenReport, own_pictures, run_golden
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.files.remembered import Remembered
from ocrweb.services.files.versions import versions

_verdicts = Remembered("golden.json", "verdicts", schema=1, kept=50)
_lock = Lock()


def remembered_golden(model: str) -> str:
    """``ok``, ``weak`` or ``environment``; the check runs only when nothing is known of this state.

    A broken environment is never remembered: it may be mended in the next minute. Raises what `run_golden` raises.
    """
    key = _key(model)
    with _lock:
        known = _verdicts.get(key)
        return str(known) if known else keep_golden(model, run_golden(DetectRequest(model=model)))


def keep_golden(model: str, report: GoldenReport) -> str:
    """Remember the verdict of a check that was made; the verdict."""
    if report.verdict != "environment":
        _verdicts.put(_key(model), report.verdict)
    return report.verdict


def _key(model: str) -> str:
    own = [(path.name, path.stat().st_mtime_ns) for path in own_pictures()]
    state = (model, resolve(model).stamp(), sorted(versions().items()), own)
    return hashlib.sha256(repr(state).encode()).hexdigest()[:24]
