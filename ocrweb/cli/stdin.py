"""A picture, a document or a zip that comes through standard input."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ocrweb.errors import OcrwebError

DASH = Path("-")
_MAGIC = {b"%PDF": ".pdf", b"PK\x03\x04": ".zip", b"II*\x00": ".tif", b"MM\x00*": ".tif"}


@contextlib.contextmanager
def given_paths(paths: list[Path]) -> Iterator[tuple[Path, ...]]:
    """The paths as given; where the only one is ``-``, a file with what comes through standard input, gone afterwards.

    Raises `command.stdin-alone` for ``-`` among others, `command.no-stdin` when nothing comes.
    """
    if DASH not in paths:
        yield tuple(paths)
        return
    if len(paths) > 1:
        raise OcrwebError("command.stdin-alone")
    with tempfile.TemporaryDirectory(prefix="ocrweb-") as folder:
        file = Path(folder) / "stdin"
        with file.open("wb") as kept:
            if sys.stdin is not None and not sys.stdin.isatty():
                shutil.copyfileobj(sys.stdin.buffer, kept)
        if not file.stat().st_size:
            raise OcrwebError("command.no-stdin")
        with file.open("rb") as kept:
            suffix = _MAGIC.get(kept.read(4), "")
        yield (file.rename(file.with_suffix(suffix)),)
