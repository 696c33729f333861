"""Pictures made for the page: short-lived files in the upload cache, swept by age."""

from __future__ import annotations

import os
import threading
import time
import uuid
from pathlib import Path

import numpy as np

from ocrweb.config import paths
from ocrweb.imaging.encode import encode_picture

KEEP_SECONDS = 3600.0
SWEEP_EVERY = 300.0
_lock = threading.Lock()
_swept = [0.0]


def scratch_folder() -> Path:
    folder = Path(os.environ.get("GRADIO_TEMP_DIR") or paths.private_dir() / "uploads") / "scratch"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def show(pixels: np.ndarray, quality: int = 90) -> str:
    """Write (H, W, 3) uint8 BGR pixels as a JPEG that the page may fetch; returns its path.

    JPEG by OpenCV takes a few milliseconds where the page's default encoder takes hundreds.
    """
    _sweep()
    path = scratch_folder() / f"{uuid.uuid4().hex}.jpg"
    path.write_bytes(encode_picture(pixels, ".jpg", quality))
    return str(path)


def _sweep() -> None:
    now = time.time()
    with _lock:
        if now - _swept[0] < SWEEP_EVERY:
            return
        _swept[0] = now
    for path in scratch_folder().iterdir():
        if now - path.stat().st_mtime > KEEP_SECONDS:
            path.unlink(missing_ok=True)
