"""Pages of a TIFF."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from PIL import Image

from ocrweb.errors import OcrwebError
from ocrweb.imaging.convert import pillow_to_bgr
from ocrweb.imaging.documents.page import DocumentPage
from ocrweb.imaging.picture import DEFAULT_LIMITS, check_limits, is_deep, read_pixels
from ocrweb.imaging.sniff import PILLOW_FAILURES, PictureHeader, bits_of, header_of
from ocrweb.imaging.source import read_head
from ocrweb.imaging.tiff_pages import page_alone


def read_frame(path: Path, number: int, where: str) -> DocumentPage:
    """One page, from 1, of a TIFF whose header was read before. Raises `image.…` as `read_picture` does."""
    try:
        with Image.open(path, formats=("TIFF",)) as picture:
            picture.seek(number - 1)
            header = PictureHeader("TIFF", *picture.size, 1, 1, bits_of(picture), len(picture.getbands()))
            check_limits(header, DEFAULT_LIMITS, where)
            if not is_deep(header):
                picture.load()
                return DocumentPage(np.ascontiguousarray(pillow_to_bgr(picture)), number)
    except Image.DecompressionBombError as error:
        raise OcrwebError("image.bomb", where=where) from error
    except PILLOW_FAILURES:
        pass  # damaged, or colours of real numbers, which Pillow does not know
    return DocumentPage(_as_a_picture(path, number, where), number)


def _as_a_picture(path: Path, number: int, where: str) -> np.ndarray:
    """The page as `read_picture` reads the only page of a TIFF."""
    try:
        data = page_alone(read_head(path, where), number)
    except (LookupError, struct.error) as error:
        raise OcrwebError("image.damaged", where=where, format="TIFF") from error
    header = header_of(data, where)
    check_limits(header, DEFAULT_LIMITS, where)
    return read_pixels(data, header, where)
