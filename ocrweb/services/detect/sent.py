"""A picture or document that came as bytes, without a file of its own."""

from __future__ import annotations

import threading

from ocrweb.errors import OcrwebError
from ocrweb.imaging.content import identify
from ocrweb.runtime.result import DetectionResult
from ocrweb.services.detect.detection import detect_once
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.files.outputs import writing
from ocrweb.services.files.temporary import temporary_folder

DOCUMENTS = {"PDF": ".pdf", "TIFF": ".tif"}  # kinds that may hold several pages, and what a file of them is called


def detect_sent(
    sent: bytes, request: DetectRequest, shown: str, number: int = 1, cancel: threading.Event | None = None
) -> DetectionResult:
    """`detect_once` of encoded bytes. number: page of a PDF or TIFF, from 1.

    A document is written to a file for as long as this takes, since it is read page by page; a picture never is.
    Raises coded errors; `document.no-such-page` for a picture's second page too.
    """
    suffix = DOCUMENTS.get(identify(sent))
    if suffix is None:
        if number != 1:
            raise OcrwebError("document.no-such-page", where=shown, page=number, pages=1)
        return detect_once(sent, request, shown, cancel=cancel)
    with temporary_folder("sent") as folder:
        file = folder / f"content{suffix}"
        with writing(file):
            file.write_bytes(sent)
        return detect_once(file, request, shown, number, cancel)
