"""A folder that is there whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ocrweb.disk.passing import passing_folder, sweep
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import write_error


@contextmanager
def whole_folder(out: Path, taken: str = "formats.not-empty") -> Iterator[Path]:
    """A hidden folder beside ``out`` that takes its name when the block ends well, and is removed otherwise.

    What a killed process has left beside ``out`` is removed. taken: the code of the error when ``out`` holds anything.
    Raises usage.not-writable, usage.disk-full too.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise OcrwebError(taken, path=str(out))
    out = out.absolute()
    try:
        sweep(out.parent, ours=False)
        with passing_folder(out.parent, out.name) as partial:
            yield partial
            if out.exists():
                out.rmdir()
            partial.rename(out)
    except OSError as error:
        raise write_error(error, out) from error
