"""What killed processes left beside the file or folder that they were making."""

from __future__ import annotations

import shutil
from pathlib import Path

from ocrweb.disk.passing import owner_of
from ocrweb.services.files.temporary import is_abandoned


def sweep(target: Path) -> None:
    """Remove the passing files and folders of this target whose processes are gone."""
    for left in target.parent.iterdir():
        owner = owner_of(left.name) if left.name.startswith(f".{target.name}.") else None
        if owner is not None and is_abandoned(left, owner):
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
