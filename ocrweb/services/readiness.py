"""Whether the console can answer: the default model is loaded and has run once."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from ocrweb import __version__
from ocrweb.errors import OcrwebError


@dataclass(frozen=True)
class Readiness:
    ready: bool
    model: str | None = None
    device: str | None = None
    error: OcrwebError | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "ready": self.ready,
            "version": __version__,
            "model": self.model,
            "device": self.device,
            "error": self.error.to_dict() if self.error else None,
        }


_lock = threading.Lock()
_state = Readiness(ready=False)


def state() -> Readiness:
    with _lock:
        return _state


def load_default_model() -> Readiness:
    """Load the default model and run it once on a blank page, so that the first visitor does not wait."""
    import numpy as np

    from ocrweb.runtime.pool import shared_detector

    global _state
    try:
        detector = shared_detector()
        detector.probability(np.full((640, 480, 3), 255, np.uint8))
        reached = Readiness(True, detector.model, detector.device)
    except OcrwebError as error:
        reached = Readiness(False, error=error)
    with _lock:
        _state = reached
    return reached
