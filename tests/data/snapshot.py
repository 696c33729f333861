"""The files of a dataset at one moment."""

from __future__ import annotations

from pathlib import Path

from ocrweb.data.repair.journal import FOLDER


def snapshot(root: Path) -> dict[str, bytes]:
    """Every file of a dataset by its name, backups left out."""
    files = (path for path in root.rglob("*") if path.is_file() and FOLDER not in path.parts)
    return {str(path.relative_to(root)): path.read_bytes() for path in files}
