"""The documents that a piece of work reads, few of them open at a time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

from ocrweb.errors import OcrwebError
from ocrweb.imaging.content import identify
from ocrweb.imaging.documents.letters import Printed
from ocrweb.imaging.documents.page import DocumentPage
from ocrweb.imaging.documents.pdf import Pdf
from ocrweb.imaging.documents.tiff import read_frame
from ocrweb.imaging.sniff import HEAD, read_header
from ocrweb.imaging.source import read_head

KEPT = 2  # PDFs whose processes wait for the next page


class Documents:
    """Pages of PDFs and TIFFs by path and number. Safe for threads; `close` ends all processes."""

    def __init__(self) -> None:
        self._pdfs: OrderedDict[Path, Pdf] = OrderedDict()
        self._lock = threading.Lock()

    def pages(self, path: Path, shown: str) -> int:
        """How many pages a file has, 0 for one that is no document but, perhaps, a picture.

        Raises `document.…` for a PDF that cannot be read.
        """
        try:
            kind = identify(read_head(path, shown, HEAD))
            if kind == "PDF":
                return self._pdf(path, shown).pages
            frames = read_header(path, name=shown).frames if kind == "TIFF" else 0
        except OcrwebError as error:
            if error.code.startswith("document."):
                raise
            return 0  # whoever reads it as a picture says what is wrong
        return frames if frames > 1 else 0

    def read(self, path: Path, number: int, shown: str, longest: int) -> DocumentPage:
        """A page, from 1. shown: of the document. longest: wanted pixels of the longest side of a page that is drawn."""
        if identify(read_head(path, shown, HEAD)) == "PDF":
            return self._pdf(path, shown).page(number, longest)
        return read_frame(path, number, f"{shown}#{number}")

    def printed(self, path: Path, number: int, shown: str, longest: int) -> Printed:
        """A page, from 1, of a PDF, drawn so long, with the text that it holds itself. shown: of the document."""
        return self._pdf(path, shown).printed(number, longest)

    def close(self) -> None:
        with self._lock:
            for pdf in self._pdfs.values():
                pdf.close()
            self._pdfs.clear()

    def _pdf(self, path: Path, shown: str) -> Pdf:
        with self._lock:
            if path not in self._pdfs:
                self._pdfs[path] = Pdf(path, shown)
            self._pdfs.move_to_end(path)
            while len(self._pdfs) > KEPT:
                self._pdfs.popitem(last=False)[1].close()
            return self._pdfs[path]
