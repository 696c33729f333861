"""Uploads of jobs that run in the background, kept out of the page's upload cache, which may be emptied."""

from __future__ import annotations

import contextlib
import shutil
import time
import uuid
from pathlib import Path

from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.services.outputs import writing

LEFT_OVER_SECONDS = 7 * 86_400.0  # no job takes a week: such a folder was left by a console that was killed


def inbox() -> Path:
    return paths.private_dir() / "inbox"


def keep_uploads(uploads: tuple[Path, ...]) -> tuple[str, tuple[Path, ...]]:
    """Link or copy the files; returns the id of the job they are for, and where they lie now.

    Raises `usage.not-writable` or `usage.disk-full`; then nothing of them is kept.
    """
    _sweep()
    identifier = uuid.uuid4().hex
    try:
        kept = tuple(_keep(path, inbox() / identifier / str(number)) for number, path in enumerate(uploads))
    except OcrwebError:
        drop_uploads(identifier)
        raise
    return identifier, kept


def drop_uploads(identifier: str) -> None:
    """The job is over: remove its files."""
    shutil.rmtree(inbox() / identifier, ignore_errors=True)


def _keep(upload: Path, folder: Path) -> Path:
    target = folder / upload.name
    with writing(target):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            target.hardlink_to(upload)
        except OSError:
            shutil.copyfile(upload, target)
    return target


def _sweep() -> None:
    if inbox().is_dir():
        for folder in inbox().iterdir():
            with contextlib.suppress(FileNotFoundError):  # its job is over by now
                if time.time() - folder.stat().st_mtime > LEFT_OVER_SECONDS:
                    shutil.rmtree(folder, ignore_errors=True)
