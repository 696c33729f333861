"""Files that are whole or not there, whatever happens in between."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from ocrweb.disk.passing import passing_name


@contextlib.contextmanager
def replacing(path: Path, *, lasting: bool = True) -> Iterator[Path]:
    """An empty file beside `path` for the block to fill; at the block's end it is synced and takes the name of `path`.

    A reader sees the old file or the new one, never a part; a kill at any instant leaves one of the two. When the block
    fails the new one is removed and the error goes on (OSError when the disk is full).
    lasting: False for a file that need not outlive a loss of power.
    """
    temporary = path.parent / passing_name(path.name)
    temporary.touch(exist_ok=False)
    try:
        yield temporary
        if lasting:
            sync_file(temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if lasting:
        sync_folder(path.parent)


def replace_file(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill the file of `replacing`."""
    with replacing(path) as temporary:
        write(temporary)


def write_bytes(path: Path, content: bytes, *, lasting: bool = True) -> None:
    """Replace a file as a whole. lasting: as in `replacing`."""
    with replacing(path, lasting=lasting) as temporary:
        temporary.write_bytes(content)


def write_text(path: Path, content: str) -> None:
    """Replace a text file as a whole."""
    write_bytes(path, content.encode())


def link_or_copy(source: Path, target: Path) -> None:
    """Give the same bytes a second name where the disk can, else a copy that is whole or not there.

    Neither may be written into afterwards. FileExistsError when the name is taken and the disk has links.
    """
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        with replacing(target) as temporary:
            shutil.copy2(source, temporary)


def sync_file(path: Path) -> None:
    """Make a file's content outlive a loss of power."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make a rename durable; a no-op where folders cannot be opened."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
