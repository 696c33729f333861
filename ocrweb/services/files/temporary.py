"""Working folders on the data root's disk: gone when their work ends; those of killed processes go with the next one."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from ocrweb.config import paths
from ocrweb.disk.passing import LEFT_OVER_SECONDS, is_gone, passing_folder, sweep
from ocrweb.disk.process import Process
from ocrweb.services.files.outputs import writing


def temporary_root() -> Path:
    return paths.private_dir() / "tmp"


@contextlib.contextmanager
def temporary_folder(kind: str) -> Iterator[Path]:
    """A folder for as long as the block runs. kind: what it is for. Raises `usage.not-writable` or `usage.disk-full`."""
    for folder in temporary_root().glob("*_*"):
        if _is_left_by_an_older_version(folder):
            shutil.rmtree(folder, ignore_errors=True)
    with working_folder(temporary_root(), kind) as folder:
        yield folder


@contextlib.contextmanager
def working_folder(parent: Path, kind: str) -> Iterator[Path]:
    """The same in another folder of the data root, in which nobody but the console writes."""
    with contextlib.ExitStack() as stack:
        with writing(parent):
            sweep(parent)
            folder = stack.enter_context(passing_folder(parent, kind))
        yield folder


def _is_left_by_an_older_version(folder: Path) -> bool:
    """``import_4711_x1y2`` of a process that is gone, or ``import_x1y2``, which tells none, after a week."""
    owner = folder.name.split("_")[1]
    if folder.name.startswith("."):
        return False
    if owner.isdecimal():
        return is_gone(Process(int(owner)), folder)
    try:
        return time.time() - folder.stat().st_ctime > LEFT_OVER_SECONDS
    except OSError:
        return False
