"""The page of a document that a detection looks at."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path

from ocrweb.errors import OcrwebError
from ocrweb.imaging.documents import SUFFIXES
from ocrweb.imaging.documents.opened import Documents
from ocrweb.imaging.documents.page import DocumentPage
from ocrweb.runtime.result import DetectionResult


@dataclass(frozen=True, slots=True)
class Place:
    """shown: of the page, ``scan.pdf#3``, or of the picture. pages: of its document, 0 for a picture that is a file of its
    own. number: from 1, None for such a picture. to_points: as of `DocumentPage`."""

    shown: str
    pages: int = 0
    number: int | None = None
    to_points: tuple[float, ...] | None = None

    def told(self, result: DetectionResult) -> DetectionResult:
        """The result with the page that it is of."""
        return replace(result, page=self.number, to_points=self.to_points)


def read_sheet(path: Path, shown: str, number: int, longest: int) -> tuple[Place, DocumentPage | None]:
    """A page, from 1, of a PDF or a TIFF of several, drawn about so long; no page for any other file.

    Raises `document.…`, `document.no-such-page` for a picture's second page too.
    """
    with contextlib.closing(Documents()) as documents:
        pages = documents.pages(path, shown) if path.suffix.lower() in SUFFIXES else 0
        if not 1 <= number <= max(pages, 1):
            raise OcrwebError("document.no-such-page", where=shown, page=number, pages=max(pages, 1))
        if pages == 0:
            return Place(shown), None
        page = documents.read(path, number, shown, longest)
        return Place(f"{shown}#{number}", pages, number, page.to_points), page
