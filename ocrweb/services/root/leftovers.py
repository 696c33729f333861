"""What killed processes left half written in the data root: known by the process in its name, and removed."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from ocrweb.config import paths
from ocrweb.disk.passing import owner_of
from ocrweb.services.batch.past import is_unfinished
from ocrweb.services.datasets.jobs import sweep_leftovers
from ocrweb.services.files.temporary import is_abandoned, temporary_root
from ocrweb.services.intake.inbox import inbox, sweep_inbox


def sweep_data_root() -> int:
    """Remove them where the console, workers and exports write; how many. Datasets are visitors' own: only what lies
    beside them is looked at."""
    sweep_leftovers()
    removed = sum(sweep_folder(folder) for folder in (paths.workdirs_dir(), paths.outputs_dir(), paths.exports_dir()))
    return removed + sweep_folder(paths.private_dir()) + sweep_inbox(is_unfinished)


def sweep_folder(folder: Path) -> int:
    """The same below one folder; what cannot be removed stays."""
    removed = 0
    for path in list(_passing(folder)):
        with contextlib.suppress(OSError):  # another process was faster, or it is somebody else's
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
            removed += 1
    return removed


def _passing(root: Path) -> Iterator[Path]:
    elsewhere = {Path(os.environ.get("GRADIO_TEMP_DIR") or paths.private_dir() / "uploads"), inbox(), temporary_root()}
    for place, folders, files in os.walk(root):
        here = Path(place)
        for name in (*folders, *files):
            pid = owner_of(name)
            if pid is not None and is_abandoned(here / name, pid):
                yield here / name
        folders[:] = [name for name in folders if owner_of(name) is None and here / name not in elsewhere]
