"""Who on this machine may read the data root: its owner, or the group that it was made for."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from ocrweb.config import paths

SHARED = stat.S_ISGID | stat.S_IWGRP  # how a folder is marked as a group's: chmod g+ws


def mask_for(root: Path) -> int:
    """The bits that files below a data root must not have: group and others, or only others for a folder of a group."""
    try:
        mode = root.stat().st_mode
    except OSError:
        return 0o077
    return 0o007 if mode & SHARED == SHARED else 0o077


def keep_to_owner() -> None:
    """Make all that this process and its children write private, and what earlier versions left in the data root.

    The folders of data are shut at their top, which closes what is in them; the private folder is gone through. What
    belongs to somebody else stays as it is. The data root itself is shut only when it is made here: an existing one, a
    home folder perhaps, is its owner's.
    """
    mask = mask_for(paths.home())
    os.umask(mask)
    private = paths.private_dir()
    private.mkdir(parents=True, exist_ok=True)
    data = (paths.datasets_dir(), paths.workdirs_dir(), paths.outputs_dir(), paths.exports_dir(), paths.models_dir())
    for folder in (*data, private):
        _shut(folder, mask)
    for place, folders, files in os.walk(private):
        for name in (*folders, *files):
            _shut(Path(place, name), mask)


def _shut(path: Path, mask: int) -> None:
    with contextlib.suppress(OSError):  # not there, gone meanwhile, or somebody else's
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode) and mode & mask:
            path.chmod(stat.S_IMODE(mode) & ~mask)
