"""Files and folders that are there for a moment: each name says which process works on it.

A process that is killed leaves them behind; by that name a later one knows that nobody needs them.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from ocrweb.disk.lock import take_lock
from ocrweb.disk.process import Process, boot_id, booted_at, started_at, this_process

LONGEST = 120  # bytes of the name that are kept: the whole stays under the 255 of usual file systems
LEFT_OVER_SECONDS = 7 * 86_400.0  # no work takes a week
CLOCK_SECONDS = 60.0  # file times and process times may differ by so much
_PASSING = re.compile(r"\.(?:.*\.)?(\d+)_(\d+)_([0-9a-f]{8})-[0-9a-f]{8}(?:\.\w+)?")
_OLDER = re.compile(r"\.(?:.*[.-])?(\d+)-[0-9a-f]{8}(?:\.tmp|\.part|\.zip)?")  # until version 0.1: the number alone


def passing_name(name: str, ending: str = ".tmp") -> str:
    """A hidden name that nothing has yet, such as ``.status.json.4711_90210_1f2e3d4c-0a1b2c3d.tmp``."""
    kept, mine = os.fsencode(name)[:LONGEST].decode("utf-8", "ignore"), this_process()
    return f".{kept}.{mine.pid}_{mine.start}_{mine.boot}-{secrets.token_hex(4)}{ending}"


def owner_of(name: str) -> Process | None:
    """The process that works on a file or folder of such a name; None for any other name."""
    if found := _PASSING.fullmatch(name):
        return Process(int(found[1]), int(found[2]), found[3])
    found = _OLDER.fullmatch(name)
    return Process(int(found[1])) if found else None


def is_abandoned(path: Path) -> bool:
    """Whether its name tells a process, and that one is gone."""
    owner = owner_of(path.name)
    return owner is not None and is_gone(owner, path)


def is_gone(owner: Process, path: Path) -> bool:
    """Whether the process that worked on the path is gone.

    Where only its number is known, one that was started after the path had last changed is another one. A process of
    another start of the system may be one of another machine that shares the disk, if the path has changed since this
    one was started.
    """
    try:
        changed = path.lstat().st_ctime
    except OSError:
        return False
    if owner.boot not in ("", boot_id()):
        return changed < max(booted_at(), time.time() - LEFT_OVER_SECONDS)
    if not owner.is_running():
        return True
    return not owner.start and started_at(owner.pid) > changed + CLOCK_SECONDS


def sweep(folder: Path, *, deep: bool = False, but: Collection[Path] = (), ours: bool = True) -> int:
    """Remove what processes left in a folder that are gone; how many. What cannot be removed stays.

    deep: in all folders below it too, except those in `but`. ours: nobody else's files lie there, so the names that
    older versions gave count too.
    """
    left = _walk(folder, set(but)) if deep else (folder / name for name in _names(folder))
    return sum(_remove(path) for path in list(left) if (ours or _PASSING.fullmatch(path.name)) and is_abandoned(path))


def sweep_all(folder: Path) -> None:
    """Remove every unfinished file and folder from a folder where nobody else is at work."""
    for path in folder.glob(".*.tmp"):
        _remove(path)


@contextlib.contextmanager
def passing_folder(parent: Path, name: str) -> Iterator[Path]:
    """A new folder of a passing name, removed at the end unless it has got another one. Raises OSError."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = parent / passing_name(name, "")
    folder.mkdir()
    held = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a disk without locks
            take_lock(held)  # for those who share the disk and cannot see this process, as in another container
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def remove_folder(folder: Path) -> None:
    """Take a folder at once out of sight, then its files, so that a crash leaves no half of it. Raises OSError."""
    gone = folder.with_name(passing_name("deleted", ""))
    folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def _walk(root: Path, but: set[Path]) -> Iterator[Path]:
    for place, folders, files in os.walk(root):
        here = Path(place)
        yield from (here / name for name in (*folders, *files))
        folders[:] = [name for name in folders if owner_of(name) is None and here / name not in but]


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _remove(path: Path) -> bool:
    try:  # another process was faster, or it is somebody else's
        if path.is_symlink() or not path.is_dir():
            path.unlink()
            return True
        held = os.open(path, os.O_RDONLY)
        try:
            if not take_lock(held):
                return False
            shutil.rmtree(path)
        finally:
            os.close(held)
    except OSError:
        return False
    return True
