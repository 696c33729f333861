"""Names and working folders of the console's datasets."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ocrweb.config import paths
from ocrweb.disk.names import free_name, word_name
from ocrweb.disk.passing import sweep
from ocrweb.services.files.temporary import working_folder

LONGEST_NAME = 120  # bytes
LEFT_ALONE = 86_400.0  # seconds
_PARTIAL = re.compile(r"^\..+\.[0-9a-f]{8,12}\.(partial|resized)$")


def dataset_name(text: str) -> str:
    """A name that every disk and command line takes: letters and digits of any script, ``-``, ``_`` and ``.``."""
    return word_name(text, LONGEST_NAME, "dataset", also=r"=#%\u200b-\u200f", ends="._- ")


def free_dataset_name(wanted: str) -> str:
    """The wanted name, or with a number when it is taken."""
    return free_name(wanted, is_taken)


def is_taken(name: str, but: str = "") -> bool:
    """Whether a dataset has this name, in any case of its letters; ``but`` does not count."""
    root = paths.datasets_dir()
    if not root.is_dir():
        return False
    return any(entry.name.casefold() == name.casefold() and entry.name != but for entry in root.iterdir())


@contextmanager
def new_dataset_folder() -> Iterator[Path]:
    """A hidden folder on the datasets' disk, removed at the end; what killed processes left there goes too."""
    sweep_datasets()
    with working_folder(paths.datasets_dir(), "incoming") as folder:
        yield folder


def sweep_datasets() -> None:
    """Remove what killed processes left beside the datasets; where older versions named none, what is a day old."""
    root = paths.datasets_dir()
    sweep(root)
    for entry in list(root.iterdir()) if root.is_dir() else []:
        if _PARTIAL.match(entry.name) and time.time() - entry.stat().st_mtime > LEFT_ALONE:
            shutil.rmtree(entry, ignore_errors=True)
