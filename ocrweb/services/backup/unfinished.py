"""Names for what is not finished yet, by which the next one knows whose it was."""

from __future__ import annotations

import glob
import os
import secrets
import shutil
from pathlib import Path

import psutil


def beside(target: Path) -> Path:
    """A hidden name beside the target, with this process's number."""
    return target.with_name(f".{target.name}.ocrweb-{os.getpid()}-{secrets.token_hex(4)}.partial")


def sweep(target: Path) -> None:
    """Remove what killed processes left of this target."""
    for left in target.parent.glob(f".{glob.escape(target.name)}.ocrweb-*-*.partial"):
        owner = left.name.rpartition(".ocrweb-")[2].partition("-")[0]
        if owner.isdecimal() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
