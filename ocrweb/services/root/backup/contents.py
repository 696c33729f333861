"""What of a data root belongs into a backup, held still for the moment of looking.

Every file of ours is either replaced as a whole or only grows, so hard links made in one go are a picture of one instant
that nobody is kept waiting for: the console goes on while they are packed.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ocrweb.config import paths
from ocrweb.disk.passing import owner_of
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.rundir.status import read_status
from ocrweb.services.datasets.use import reading

KINDS = ("datasets", "workdirs", "outputs", "exports", "models", "settings")
FOLDERS = ("datasets", "workdirs", "outputs", "exports", "models")
# In the private folder: made again when missing, or of no use to another process.
_CACHES = frozenset({"checks", "uploads", "inbox", "tmp", "openvino", "converted", "golden", "reports", ".lock"})
_UNFINISHED = re.compile(r"^(\..*\.(tmp|part|partial|resized)|\.lock|\.reserve)$")
_CONSOLE = re.compile(r"^console-\d+\.(pid|log)$")


@dataclass(frozen=True, slots=True)
class Member:
    """A file or folder to pack. path: from the data root.

    source: where a file's content is read, None for a folder. changed: when a folder changed last, in seconds since 1970.
    """

    path: str
    source: Path | None
    changed: float = 0.0


@dataclass(slots=True)
class Contents:
    """members: folders before what is in them. For the rest see `Manifest`."""

    members: list[Member] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    linked: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    latest: str = ""


def hold_contents(kinds: Iterable[str], still: Path) -> Contents:
    """All that belongs to the kinds, linked into the folder `still` where the disk allows it.

    Raises store.busy when a dataset is being changed for longer than half a minute, usage.disk-full, usage.not-writable.
    """
    found, wanted = Contents(), set(kinds)
    for kind in FOLDERS:
        if kind in wanted:
            for unit in _units(paths.home() / kind):
                _hold(unit, kind, still, found)
    if "workdirs" in wanted:
        found.latest = _latest()
    if wanted & {"models", "settings"}:
        for unit in _units(paths.private_dir()):
            kind = "models" if unit.name == "models" else "settings"
            if kind in wanted and unit.name not in _CACHES and not _CONSOLE.match(unit.name):
                _take(unit, still, found)
    return found


def _units(folder: Path) -> list[Path]:
    """The runs, datasets, … of a folder; hidden ones are being made or removed."""
    try:
        return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError:
        return []


def _hold(unit: Path, kind: str, still: Path, found: Contents) -> None:
    if unit.is_symlink():
        if kind == "datasets":
            found.linked[unit.name] = str(unit.readlink())
        elif not (kind == "workdirs" and unit.name == names.LATEST_LINK):
            found.skipped.append(_shown(unit))
    elif kind == "datasets" and unit.is_dir():
        with reading(unit.name, unit):
            _take(unit, still, found)
    else:
        is_run = kind == "workdirs" and unit.is_dir()
        began = is_run and read_status(unit).active
        _take(unit, still, found)
        if began or (is_run and read_status(unit).active):
            found.running.append(unit.name)


def _take(unit: Path, still: Path, found: Contents) -> None:
    """All members of a unit; none when it is removed meanwhile."""
    members: list[Member] = []
    skipped: list[str] = []
    for path in _walk(unit, skipped):
        with contextlib.suppress(FileNotFoundError):
            state = path.lstat()
            source = None if stat.S_ISDIR(state.st_mode) else _linked(path, still)
            members.append(Member(_shown(path), source, state.st_mtime))
    if unit.exists():
        found.members += members
        found.skipped += skipped


def _walk(path: Path, skipped: list[str]) -> Iterator[Path]:
    """A file, or a folder and all below it in the order of names; links and special files are passed over by name."""
    if path.is_symlink() or not (path.is_dir() or path.is_file()):
        if os.path.lexists(path):
            skipped.append(_shown(path))
        return
    yield path
    if path.is_dir():
        try:
            inside = sorted(path.iterdir())
        except PermissionError:
            skipped.append(_shown(path))
            return
        except FileNotFoundError:
            return
        for entry in inside:
            if not _UNFINISHED.match(entry.name) and owner_of(entry.name) is None:
                yield from _walk(entry, skipped)


def _linked(path: Path, still: Path) -> Path:
    """A hard link to a file, or the file itself where the disk has none. FileNotFoundError when it is gone."""
    link = still / uuid.uuid4().hex
    try:
        os.link(path, link, follow_symlinks=False)
    except FileNotFoundError:
        raise
    except OSError:
        return path
    return link


def _shown(path: Path) -> str:
    return path.relative_to(paths.home()).as_posix()


def _latest() -> str:
    link = paths.workdirs_dir() / names.LATEST_LINK
    try:
        return Path(os.readlink(link)).name
    except OSError:
        return ""


def check_kinds(without: Iterable[str]) -> tuple[str, ...]:
    """The kinds that are left. Raises usage.bad-value for a word that is none."""
    left_out = set(without)
    if unknown := sorted(left_out - set(KINDS)):
        raise OcrwebError("usage.bad-value", name="--without", value=unknown[0], expected=", ".join(KINDS))
    return tuple(kind for kind in KINDS if kind not in left_out)
