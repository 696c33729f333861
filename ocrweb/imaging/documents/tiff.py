"""Pages of a TIFF."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from ocrweb.errors import OcrwebError
from ocrweb.imaging.convert import pillow_to_bgr
from ocrweb.imaging.documents.page import DocumentPage
from ocrweb.imaging.picture import DEFAULT_LIMITS, check_limits
from ocrweb.imaging.sniff import PILLOW_FAILURES, PictureHeader


def read_frame(path: Path, number: int, where: str) -> DocumentPage:
    """One page, from 1, of a TIFF whose header was read before. Raises `image.…` as `read_picture` does."""
    try:
        with Image.open(path, formats=("TIFF",)) as picture:
            picture.seek(number - 1)
            check_limits(PictureHeader("TIFF", *picture.size, 1, 1, 8, 3), DEFAULT_LIMITS, where)
            picture.load()
            return DocumentPage(np.ascontiguousarray(pillow_to_bgr(picture)), number)
    except Image.DecompressionBombError as error:
        raise OcrwebError("image.bomb", where=where) from error
    except PILLOW_FAILURES as error:
        raise OcrwebError("image.damaged", where=where, format="TIFF") from error
