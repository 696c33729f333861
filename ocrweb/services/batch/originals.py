"""The pictures of a batch as they were given, kept for a while for those who look at its latest results."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections import deque
from pathlib import Path

from ocrweb.errors import OcrwebError
from ocrweb.imaging.picture import read_picture
from ocrweb.services.files.scratch import scratch_folder, show
from ocrweb.services.intake.inbox import inbox
from ocrweb.services.intake.sources import Source

LATEST = 24  # results that can be looked at closely


class Originals:
    """Links to the latest pictures, which outlive the uploads and unpacked zips of a batch. They cost no room and no copy."""

    def __init__(self) -> None:
        self._kept: deque[Path] = deque()

    def keep(self, source: Source) -> Path | None:
        """Where the picture can be read later; None for a page of a document.

        A picture in a folder of the person's own is named where it lies: a link would change when it was changed last.
        """
        if source.page is not None or source.error is not None:
            return None
        if source.archive is None and not source.path.is_relative_to(inbox()):
            return source.path
        try:
            link = scratch_folder() / f"{uuid.uuid4().hex}{source.path.suffix}"
            os.link(source.path, link)
        except (OSError, OcrwebError):  # on another disk, or there is no room for a name
            return source.path
        self._kept.append(link)
        while len(self._kept) > LATEST:
            with contextlib.suppress(OSError):
                self._kept.popleft().unlink()
        return link


def shown_original(original: Path, name: str) -> str:
    """A copy that the page may fetch, upright; returns its path. Raises ``image.…``, and what `scratch.show` raises."""
    return show(read_picture(original, name=name).pixels)
