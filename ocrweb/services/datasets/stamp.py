"""Has a dataset changed? A stamp of its files' names, sizes and times, far quicker than reading them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from ocrweb.data.checks.layout import check_slots
from ocrweb.data.checks.names import list_name
from ocrweb.data.checks.tree import DEEPEST
from ocrweb.data.labelling.place import FOLDER
from ocrweb.data.sample import SPLITS


def dataset_stamp(folder: Path) -> str:
    """Changes whenever a file of the dataset was added, removed, renamed, replaced or written; not with its own name."""
    digest = hashlib.blake2b(digest_size=16)
    tops = dict(_entries(folder))
    names = [f"{name}/" if stat.S_ISDIR(state.st_mode) else name for name, state in tops.items()]
    parts = {slot.real for split in SPLITS for slot in check_slots(names, split)}
    if not tops.keys() & {list_name(split) for split in SPLITS}:
        parts |= {
            name for name in tops if not name.startswith(".")
        }  # what lies beside the parts says whose folder it is
    for name in sorted(tops.keys() - {FOLDER}):  # what is known of labels says nothing about what they are
        state = tops[name]
        if not stat.S_ISDIR(state.st_mode):
            digest.update(_line(name, state))
            continue
        digest.update(f"{name}/\n".encode("utf-8", "surrogateescape"))
        if name in parts:
            for line in _lines(folder / name, name):
                digest.update(line)
    return digest.hexdigest()


def _lines(folder: Path, shown: str) -> Iterator[bytes]:
    """One for each file below a folder, in the order of their names."""
    for name, state in sorted(_entries(folder)):
        path = f"{shown}/{name}"
        if not stat.S_ISDIR(state.st_mode):
            yield _line(path, state)
        elif path.count("/") <= DEEPEST:
            yield from _lines(folder / name, path)


def _line(path: str, state: os.stat_result) -> bytes:
    """Of a file that another one took the place of the inode differs, whatever times it brought."""
    line = f"{path}\0{state.st_size}\0{state.st_mtime_ns}\0{state.st_ino}\n"
    return line.encode("utf-8", "surrogateescape")


def _entries(folder: Path) -> list[tuple[str, os.stat_result]]:
    """Name and state of what lies in a folder; what vanishes meanwhile is left out."""
    try:
        with os.scandir(folder) as found:
            states = [(entry.name, _state(entry)) for entry in found]
    except OSError:
        return []
    return [(name, state) for name, state in states if state is not None]


def _state(entry: os.DirEntry[str]) -> os.stat_result | None:
    """The state of a file, or of the link itself when it leads nowhere."""
    for follow in (True, False):
        with contextlib.suppress(OSError):
            return entry.stat(follow_symlinks=follow)
    return None
