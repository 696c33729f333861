"""Uploads of jobs that run in the background, kept out of the page's upload cache, which may be emptied."""

from __future__ import annotations

import contextlib
import shutil
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from ocrweb.config import paths
from ocrweb.disk.atomic import link_or_copy
from ocrweb.disk.passing import is_abandoned, owner_of, passing_name
from ocrweb.errors import OcrwebError
from ocrweb.services.files.outputs import writing

LEFT_OVER_SECONDS = 7 * 86_400.0  # for a batch that can be gone on with, and for folders that name no process


def inbox() -> Path:
    return paths.private_dir() / "inbox"


def keep_uploads(uploads: tuple[Path, ...]) -> tuple[str, tuple[Path, ...]]:
    """Link or copy the files; returns the id of the job they are for, and where they lie now.

    Raises `usage.not-writable` or `usage.disk-full`; then nothing of them is kept.
    """
    identifier = uuid.uuid4().hex
    try:
        if uploads:
            _name_owner(inbox() / identifier)
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
        link_or_copy(upload, target)
    return target


def sweep_inbox(resumable: Callable[[str], bool]) -> int:
    """Remove uploads whose console is gone, except those that a stopped batch can be gone on with; how many jobs' of them.

    resumable: whether the job of this id is such a batch. Those go after `LEFT_OVER_SECONDS`.
    """
    removed = 0
    for folder in list(inbox().iterdir()) if inbox().is_dir() else []:
        with contextlib.suppress(OSError):  # its job is over by now
            old = time.time() - folder.stat().st_mtime > LEFT_OVER_SECONDS
            if old if resumable(folder.name) else _is_abandoned(folder, old):
                shutil.rmtree(folder)
                removed += 1
    return removed


def _name_owner(folder: Path) -> None:
    """Leave a mark in it by which it is known to be abandoned."""
    with writing(folder):
        folder.mkdir(parents=True)
        (folder / passing_name("owner", "")).touch()


def _is_abandoned(folder: Path, old: bool) -> bool:
    """By the process that it names; of one that names none, which an older version made, by its age."""
    marks = [mark for mark in folder.iterdir() if owner_of(mark.name) is not None]
    return all(map(is_abandoned, marks)) if marks else old
