"""Working folders on the data root's disk: gone when their work ends; those of killed processes go with the next one."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from ocrweb.config import paths
from ocrweb.services.outputs import writing

LEFT_OVER_SECONDS = 7 * 86_400.0  # no work takes a week, whoever has the process number now
CLOCK_SECONDS = 60.0  # file times and process times may differ by so much


def temporary_root() -> Path:
    return paths.private_dir() / "tmp"


@contextlib.contextmanager
def temporary_folder(kind: str) -> Iterator[Path]:
    """A folder of `make_folder` for as long as the block runs."""
    folder = make_folder(kind)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make_folder(kind: str) -> Path:
    """A new folder that its maker removes; named after this process, by which it is known to be abandoned.

    kind: a word without ``_``. Raises `usage.not-writable` or `usage.disk-full`.
    """
    root = temporary_root()
    with writing(root):
        root.mkdir(parents=True, exist_ok=True)
        for folder in root.glob("*_*"):
            if _abandoned(folder):
                shutil.rmtree(folder, ignore_errors=True)
        return Path(tempfile.mkdtemp(prefix=f"{kind}_{os.getpid()}_", dir=root))


def _abandoned(folder: Path) -> bool:
    """Whether its process is gone; a later process may have the same number, as in a container started again."""
    try:
        changed, owner = folder.stat().st_ctime, folder.name.split("_")[1]
        if time.time() - changed > LEFT_OVER_SECONDS:
            return True
        return owner.isdecimal() and psutil.Process(int(owner)).create_time() > changed + CLOCK_SECONDS
    except psutil.NoSuchProcess:
        return True
    except (OSError, psutil.Error):
        return False
