"""Open files whose names come from outside: ordinary ones alone, for a pipe has no end and a device no bottom."""

from __future__ import annotations

import errno
import os
import stat
from io import FileIO
from pathlib import Path


def open_ordinary(path: str | os.PathLike[str]) -> FileIO:
    """The file opened for reading, unbuffered; a link is followed to what it leads to.

    Never waits, whatever lies there. Raises OSError: IsADirectoryError for a folder, EINVAL with words for a pipe, a socket
    or a device, and for a name that no file can have (NUL, surrogates).
    """
    name = os.fspath(path)
    try:
        handle = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except ValueError as failure:
        raise OSError(errno.EINVAL, str(failure), name.replace("\0", "�")) from failure
    except OSError as failure:
        if failure.errno == errno.ENXIO:  # a socket, or a device that is not there
            raise _not_ordinary(name) from failure
        raise
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
        if not stat.S_ISREG(mode):
            raise _not_ordinary(name)
        return FileIO(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def read_ordinary(path: str | os.PathLike[str], size: int = -1) -> bytes:
    """The first ``size`` bytes of the file, all by default. Raises as `open_ordinary`."""
    with open_ordinary(path) as file:
        if size < 0:
            return file.read()
        parts = []
        while part := file.read(size):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def read_ordinary_text(path: Path, encoding: str = "utf-8") -> str:
    """The file's text with ``\\n`` for every line end. Raises as `open_ordinary`, and UnicodeDecodeError."""
    return read_ordinary(path).decode(encoding).replace("\r\n", "\n").replace("\r", "\n")


def _not_ordinary(name: str) -> OSError:
    return OSError(errno.EINVAL, "Not an ordinary file", name)
