"""A dataset or a source of one as somebody names it: a stored one, a folder, or a zip that is opened as a folder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from ocrweb.services.datasets.store import resolve_dataset
from ocrweb.services.intake.unpacked import unpacked


def dataset_path(name: str | Path) -> Path:
    """A zip by its path, else what `resolve_dataset` makes of the name: an uploaded dataset or a folder."""
    path = Path(name).expanduser()
    return path if path.is_file() else resolve_dataset(name)


@contextlib.contextmanager
def opened(name: str | Path) -> Iterator[Path]:
    """The folder to look into; a zip is unpacked for as long as it is needed."""
    path = dataset_path(name)
    if path.is_file():
        with unpacked(path, packed_folders=True) as root:
            yield root
    else:
        yield path
