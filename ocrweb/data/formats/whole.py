"""A folder that is there whole or not at all."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import write_error


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A hidden folder beside ``out`` that takes its name when the block ends well, and is removed otherwise.

    Raises OcrwebError formats.not-empty when ``out`` holds anything, usage.not-writable, usage.disk-full.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise OcrwebError("formats.not-empty", path=str(out))
    partial = out.absolute().parent / f".{out.name[:60]}.{secrets.token_hex(4)}.partial"
    try:
        partial.mkdir(parents=True)
        yield partial
        if out.exists():
            out.rmdir()
        partial.rename(out)
    except OSError as error:
        raise write_error(error, out) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
