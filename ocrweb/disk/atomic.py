"""Files that are whole or not there, whatever happens in between."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from ocrweb.disk.passing import passing_name


def replace_file(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a temporary file beside `path`, sync it and rename it over `path`.

    A reader sees the old file or the new one, never a part; a kill at any instant leaves one of the two.
    When writing fails the temporary file is removed and the error goes on (OSError when the disk is full).
    """
    temporary = path.parent / passing_name(path.name)
    temporary.touch(mode=0o600, exist_ok=False)
    try:
        write(temporary)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_text(path: Path, content: str) -> None:
    """Replace a text file as a whole."""
    replace_file(path, lambda temporary: _write(temporary, content))


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


def sweep_temporary(folder: Path) -> None:
    """Remove what a killed writer left behind. Call it only when no writer is alive."""
    for leftover in folder.glob(".*.tmp"):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


def _write(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8")
