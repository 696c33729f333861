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
from ocrweb.services.files.outputs import writing

LEFT_OVER_SECONDS = 7 * 86_400.0  # no work takes a week
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


def is_abandoned(path: Path, pid: int) -> bool:
    """Whether the process that worked on this is gone; a later one may have its number, as in a container started again."""
    try:
        return psutil.Process(pid).create_time() > path.lstat().st_ctime + CLOCK_SECONDS
    except psutil.NoSuchProcess:
        return True
    except (OSError, psutil.Error):
        return False


def _abandoned(folder: Path) -> bool:
    """By its process, whatever the clock says; one of an older version, which tells none, by its age."""
    owner = folder.name.split("_")[1]
    if owner.isdecimal():
        return is_abandoned(folder, int(owner))
    try:
        return time.time() - folder.stat().st_ctime > LEFT_OVER_SECONDS
    except OSError:
        return False
