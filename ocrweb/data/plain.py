"""Pictures without labels, in a folder and below it."""

from __future__ import annotations

from pathlib import Path

from ocrweb.disk.address import missing_path
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import SUFFIXES


def plain_pictures(folder: Path) -> list[Path]:
    """All picture files by their suffix, in the order of their paths; ``usage.missing-path`` for no folder."""
    if not folder.is_dir():
        raise missing_path(folder)
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())


def unlabelled_pictures(folder: Path) -> list[Path]:
    """The same, of ``unlabelled.folder``; ``train.unlabelled-none`` when there is no picture."""
    found = plain_pictures(folder)
    if not found:
        raise OcrwebError("train.unlabelled-none", path=str(folder))
    return found
