"""Picture → bytes → file, whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import cv2
import numpy as np

from ocrweb.disk import atomic
from ocrweb.errors import OcrwebError
from ocrweb.imaging.png import png_of

QUALITY = 92
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})  # a disk or a quota has no room
_SETTINGS = {
    ".jpg": cv2.IMWRITE_JPEG_QUALITY,
    ".jpeg": cv2.IMWRITE_JPEG_QUALITY,
    ".webp": cv2.IMWRITE_WEBP_QUALITY,
}
SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")


def encode_picture(pixels: np.ndarray, suffix: str, quality: int = QUALITY) -> bytes:
    """(H, W, 3) or (H, W) uint8 BGR → the bytes of a picture file.

    suffix: one of `SUFFIXES`, lower or upper case. quality: 1..100, of JPEG and WebP. Raises usage.bad-value.
    """
    ending = suffix.lower()
    if ending not in SUFFIXES:
        raise OcrwebError("usage.bad-value", name="suffix", value=suffix or '""', expected=" ".join(SUFFIXES))
    if ending == ".png" and (written := png_of(pixels)) is not None:
        return written
    settings = [_SETTINGS[ending], quality] if ending in _SETTINGS else []
    done, data = cv2.imencode(ending, pixels, settings)
    if not done:
        raise ValueError(f"a picture of shape {pixels.shape} cannot be written as {ending}")
    return data.tobytes()


def write_picture(path: Path, pixels: np.ndarray, quality: int = QUALITY) -> None:
    """Write a picture file in the format of its suffix, replacing an older one only when the new one is whole.

    Raises usage.disk-full or usage.not-writable; nothing is left behind then.
    """
    write_whole(path, encode_picture(pixels, path.suffix, quality))


def write_whole(path: Path, data: bytes, *, lasting: bool = True) -> None:
    """Write a file by `atomic.write_bytes`. Folders are made. Errors as `write_picture`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write_bytes(path, data, lasting=lasting)
    except OSError as error:
        raise write_error(error, path) from error


def write_error(error: OSError, path: Path) -> OcrwebError:
    """The coded error for a file that could not be written."""
    if error.errno in FULL:
        return OcrwebError("usage.disk-full", path=str(path.parent))
    return OcrwebError("usage.not-writable", path=str(path), reason=error.strerror or str(error))
