"""The golden test set's verdict, remembered for as long as the model's files and the libraries stay the same."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from threading import Lock
from typing import Any

from ocrweb.config import paths
from ocrweb.config.documents import parse_json
from ocrweb.imaging.encode import write_whole
from ocrweb.runtime.catalogue import resolve
from ocrweb.services.detect.golden import GoldenReport, own_pictures, run_golden
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.files.versions import versions

KEPT = 50
_lock = Lock()


def remembered_golden(model: str) -> str:
    """``ok``, ``weak`` or ``environment``; the check runs only when nothing is known of this state.

    A broken environment is never remembered: it may be mended in the next minute. Raises what `run_golden` raises.
    """
    key = _key(model)
    with _lock:
        known = _read().get(key)
        return str(known) if known else keep_golden(model, run_golden(DetectRequest(model=model)))


def keep_golden(model: str, report: GoldenReport) -> str:
    """Remember the verdict of a check that was made; the verdict."""
    if report.verdict != "environment":
        document = {**_read(), _key(model): report.verdict}
        kept = dict(list(document.items())[-KEPT:])
        write_whole(_file(), json.dumps({"schema": 1, "verdicts": kept}, indent=1).encode())
    return report.verdict


def _key(model: str) -> str:
    own = [(path.name, path.stat().st_mtime_ns) for path in own_pictures()]
    state = (model, resolve(model).stamp(), sorted(versions().items()), own)
    return hashlib.sha256(repr(state).encode()).hexdigest()[:24]


def _read() -> dict[str, Any]:
    try:
        return dict(parse_json(_file().read_text(encoding="utf-8"))["verdicts"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _file() -> Path:
    return paths.private_dir() / "golden.json"
