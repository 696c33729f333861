"""The pictures of a batch as they were given, kept for a while for those who look at its latest results."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import cv2

from ocrweb.errors import OcrwebError
from ocrweb.imaging.documents.opened import Documents
from ocrweb.imaging.picture import read_picture
from ocrweb.services.files.scratch import scratch_folder, show
from ocrweb.services.intake.inbox import inbox
from ocrweb.services.intake.sources import Source

LATEST = 24  # results that can be looked at closely


@dataclass(frozen=True, slots=True)
class Original:
    """path: of the picture, or of the document whose page, from 1, it is."""

    path: Path
    page: int | None = None


class Originals:
    """Links to the latest pictures, which outlive the uploads and unpacked zips of a batch. They cost no room and no copy."""

    def __init__(self) -> None:
        self._kept: deque[Path] = deque()

    def keep(self, source: Source) -> Original | None:
        """Where the picture can be read later; None for what is none.

        A picture in a folder of the person's own is named where it lies: a link would change when it was changed last.
        """
        if source.error is not None:
            return None
        if source.archive is None and not source.path.is_relative_to(inbox()):
            return Original(source.path, source.page)
        try:
            link = scratch_folder() / f"{uuid.uuid4().hex}{source.path.suffix}"
            os.link(source.path, link)
        except (OSError, OcrwebError):  # on another disk, or there is no room for a name
            return Original(source.path, source.page)
        self._kept.append(link)
        while len(self._kept) > LATEST:
            with contextlib.suppress(OSError):
                self._kept.popleft().unlink()
        return Original(link, source.page)


def shown_original(original: Original, name: str, size: tuple[int, int] | None = None) -> str:
    """A copy that the page may fetch, upright; returns its path. Raises ``image.…``, ``document.…``, and what `scratch.show`
    raises.

    size: (width, height) that a page was drawn at when its boxes were found; without it a page cannot be drawn to fit them.
    Raises image.missing then.
    """
    if original.page is None:
        return show(read_picture(original.path, name=name).pixels)
    if size is None:
        raise OcrwebError("image.missing", where=name)
    with contextlib.closing(Documents()) as documents:
        document = name.removesuffix(f"#{original.page}")
        pixels = documents.read(original.path, original.page, document, max(size)).pixels
    return show(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))  # of the same size: a copy
