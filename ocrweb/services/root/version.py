"""Which layout the data root has, so that an older program does not work on data of a newer one."""

from __future__ import annotations

import contextlib
from pathlib import Path

from ocrweb.config import paths
from ocrweb.errors import OcrwebError

LAYOUT = 1  # raise it only when an older program would do harm to the new one's data
NAME = "layout"


def layout_of(root: Path) -> int:
    """The number in the mark; `LAYOUT` without one, as version 0.1.0 left it, or when it cannot be read."""
    try:
        return int((root / paths.private_dir().name / NAME).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return LAYOUT


def check_layout() -> None:
    """Raise root.newer when a newer program has changed this data root."""
    if (found := layout_of(paths.home())) > LAYOUT:
        raise OcrwebError("root.newer", path=str(paths.home()), found=found, known=LAYOUT)


def mark_layout() -> None:
    """Leave the mark, once; a data root that cannot be written stays without."""
    from ocrweb.imaging.encode import write_whole  # loads OpenCV, for which no command should wait here

    file = paths.private_dir() / NAME
    if not file.exists():
        with contextlib.suppress(OcrwebError):
            write_whole(file, f"{LAYOUT}\n".encode())
