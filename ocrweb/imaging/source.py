"""Get the bytes of a picture file, with a coded error for everything a path can be instead."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ocrweb.disk.address import is_pattern, missing_path
from ocrweb.disk.ordinary import read_ordinary
from ocrweb.errors import OcrwebError


def open_error(error: OSError | ValueError, where: str) -> OcrwebError:
    """The coded error for a path that cannot be opened."""
    if isinstance(error, FileNotFoundError):
        return missing_path(where) if is_pattern(where) else OcrwebError("image.missing", where=where)
    if isinstance(error, IsADirectoryError):
        return OcrwebError("image.is-folder", where=where)
    reason = getattr(error, "strerror", None) or str(error)
    return OcrwebError("image.unreadable", where=where, reason=reason)


def size_of(path: Path, where: str) -> int:
    """Bytes of an ordinary file. Raises image.missing, image.is-folder or image.unreadable (rights, a device, a pipe)."""
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        raise open_error(error, where) from error
    if stat.S_ISDIR(status.st_mode):
        raise OcrwebError("image.is-folder", where=where)
    if not stat.S_ISREG(status.st_mode):
        raise OcrwebError("image.not-a-file", where=where)
    return status.st_size


def read_head(path: Path, where: str, size: int = -1) -> bytes:
    """The first ``size`` bytes of an ordinary file, all by default. Raises as `size_of`, and image.empty."""
    if size_of(path, where) == 0:
        raise OcrwebError("image.empty", where=where)
    try:
        return read_ordinary(path, size)
    except OSError as error:
        raise open_error(error, where) from error
