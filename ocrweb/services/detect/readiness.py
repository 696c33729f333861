"""Whether the console can answer: the default model is loaded and answers, and which models do not."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import Any

from ocrweb import __version__
from ocrweb.config.model_names import DEFAULT
from ocrweb.errors import OcrwebError
from ocrweb.runtime.catalogue import is_named
from ocrweb.runtime.registered import model_in_use
from ocrweb.runtime.watchdog import watchdog

CHECK_SECONDS = 60.0  # a default model that has not answered for so long is asked to


@dataclass(frozen=True)
class Readiness:
    """answered: seconds since the default model last answered; None before. hanging: models that do not answer.

    restart: a run of one of them cannot be ended; it holds a thread and perhaps a core until the console is restarted.
    """

    ready: bool
    model: str | None = None
    device: str | None = None
    error: OcrwebError | None = None
    answered: float | None = None
    hanging: tuple[str, ...] = ()
    restart: bool = False

    def to_dict(self) -> dict[str, Any]:
        return {
            "ready": self.ready,
            "version": __version__,
            "model": self.model,
            "device": self.device,
            "error": self.error.to_dict() if self.error else None,
            "answered": None if self.answered is None else round(self.answered, 1),
            "hanging": list(self.hanging),
            "restart": self.restart,
        }


_lock = threading.Lock()
_state = Readiness(ready=False)


def state() -> Readiness:
    """What is known now; nothing is loaded or run, so that asking costs nothing."""
    with _lock:
        known = _state
    silent, used = watchdog.silent(), _used()
    hanging = tuple(silence.model for silence in silent)
    error = OcrwebError("engine.silent", name=used) if used in hanging else known.error
    return replace(
        known,
        ready=known.ready and error is None,
        error=error,
        answered=watchdog.answered(used),
        hanging=hanging,
        restart=any(silence.stuck for silence in silent),
    )


def _used() -> str:
    """The model in use; the default one when that is gone."""
    used = model_in_use()
    return used if is_named(used) else DEFAULT


def loaded_models() -> list[tuple[str, str]]:
    """Name and device, in words, of what is in memory now."""
    from ocrweb.runtime.pool import loaded_detectors

    return [(detector.model, detector.device) for detector in loaded_detectors()]


def load_default_model() -> Readiness:
    """Load the default model and run it once on a blank page, so that the first visitor does not wait."""
    import numpy as np

    from ocrweb.runtime.pool import shared_detector

    global _state
    try:
        detector = shared_detector(_used())
        detector.probability(np.full((640, 480, 3), 255, np.uint8))
        reached = Readiness(True, detector.model, detector.device)
    except OcrwebError as error:
        reached = Readiness(False, error=error)
    with _lock:
        _state = reached
    return state()


def check_again() -> None:
    """Ask the default model for an answer when nobody else had one of it lately.

    One that had to make room in memory for others is left out: it is loaded again when it is asked for. One that could
    not be loaded or failed is tried again, so that the console becomes ready when the cause is gone.
    """
    from ocrweb.runtime.pool import loaded_detectors

    used = _used()
    last = watchdog.answered(used)
    if state().ready and last is not None and last < CHECK_SECONDS:
        return
    loaded = any(detector.entry.name == used for detector in loaded_detectors())
    if loaded or not state().ready:
        load_default_model()


def keep_checking() -> None:
    """Load the default model and look after it for as long as the process lives."""
    load_default_model()
    while True:
        time.sleep(CHECK_SECONDS)
        check_again()
