"""A run's own copy of a dataset's checked pictures lies in its folder, under the dataset's name: ``<run>/labelled/<name>``."""

from __future__ import annotations

from pathlib import Path

from ocrweb.config import paths

FOLDER = "labelled"


def taken_from(path: Path) -> Path | None:
    """Where a run's copy, or a file of it, was taken from in the stored datasets; None for any other path, and for a dataset
    that is not there any more."""
    try:
        _, folder, name, *inside = path.absolute().relative_to(paths.workdirs_dir().absolute()).parts
    except ValueError:
        return None
    stored = paths.datasets_dir() / name
    return stored.joinpath(*inside) if folder == FOLDER and stored.is_dir() else None
