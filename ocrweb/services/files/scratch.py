"""Files made for the page: short-lived ones in the upload cache, swept by age."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
import uuid
from pathlib import Path

import numpy as np

from ocrweb.config import paths
from ocrweb.disk.atomic import link_or_copy
from ocrweb.imaging.encode import encode_picture, write_whole
from ocrweb.services.files.outputs import writing

KEEP_SECONDS = 3600.0
SWEEP_EVERY = 300.0
_lock = threading.Lock()
_swept = [0.0]


def scratch_folder() -> Path:
    """Where they lie; made when missing. Raises `usage.not-writable` or `usage.disk-full`."""
    folder = Path(os.environ.get("GRADIO_TEMP_DIR") or paths.private_dir() / "uploads") / "scratch"
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def show(pixels: np.ndarray, quality: int = 90) -> str:
    """Write (H, W, 3) uint8 BGR pixels as a JPEG that the page may fetch; returns its path.

    JPEG by OpenCV takes a few milliseconds where the page's default encoder takes hundreds.
    Raises `usage.not-writable` or `usage.disk-full`.
    """
    sweep()
    return write(f"{uuid.uuid4().hex}.jpg", encode_picture(pixels, ".jpg", quality))


def write(name: str, data: bytes) -> str:
    """A file of this name that the page may fetch; returns its path. Raises `usage.not-writable` or `usage.disk-full`."""
    path = scratch_folder() / name
    write_whole(path, data, lasting=False)
    return str(path)


def link(path: Path, name: str) -> str:
    """A file of the data root under this name where the page may fetch it: linked, or copied; returns its path.

    Raises `usage.not-writable` or `usage.disk-full`.
    """
    target = scratch_folder() / name
    with writing(target), contextlib.suppress(FileExistsError):
        if not target.exists():
            link_or_copy(path, target)
    return str(target)


def handed(path: Path, name: str) -> str:
    """The same in a folder of its own, so that a file of this name from before stays what it was."""
    folder = scratch_folder() / uuid.uuid4().hex
    with writing(folder):
        folder.mkdir()
    return link(path, f"{folder.name}/{name}")


def sweep() -> None:
    """Remove what is older than `KEEP_SECONDS`, folders of killed processes too; looked after every few minutes."""
    now = time.time()
    with _lock:
        if now - _swept[0] < SWEEP_EVERY:
            return
        _swept[0] = now
    for path in scratch_folder().iterdir():
        with contextlib.suppress(OSError):  # another visitor's sweep was faster
            if now - path.lstat().st_ctime > KEEP_SECONDS:  # a linked file has the modification time of the original
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
