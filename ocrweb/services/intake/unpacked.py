"""A zip that somebody handed in, as a folder for as long as somebody works with it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from ocrweb.services.files.temporary import temporary_folder


@contextlib.contextmanager
def unpacked(archive: Path, *, packed_folders: bool = False) -> Iterator[Path]:
    """The content of a zip in a folder on the data root's disk, removed when the block ends. packed_folders: as of `extract_archive`.

    Raises OcrwebError ``archive.…`` for a zip that cannot be unpacked safely, `usage.not-writable`, `usage.disk-full`.
    """
    from ocrweb.data.archive import extract_archive  # loads OpenCV
    from ocrweb.services.intake.limits import archive_limits

    with temporary_folder("unpacked") as folder:
        limits = archive_limits()
        yield extract_archive(archive, folder / "content", limits, packed_folders=packed_folders).root
