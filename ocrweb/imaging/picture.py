"""Read a picture safely: limits before decoding, one EXIF rule, always (H, W, 3) uint8 BGR as a person sees it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from ocrweb.errors import OcrwebError
from ocrweb.imaging.content import READABLE
from ocrweb.imaging.convert import pillow_to_bgr, to_bgr, turn_upright
from ocrweb.imaging.sniff import PILLOW_FAILURES, PictureHeader, header_of
from ocrweb.imaging.source import read_head, size_of

_JPEG_END = b"\xff\xd9"
_COLOUR = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}

# Damaged files get a coded error; OpenCV's lines on stderr would only repeat it.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """What is refused before anything is decoded. pixels: width times height. side: the longer one. bytes: of the file."""

    pixels: int = 120_000_000
    side: int = 65_535
    bytes: int = 150_000_000


DEFAULT_LIMITS = PictureLimits()


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture.

    pixels: (height, width, 3) uint8 BGR, contiguous, turned upright, alpha laid on the ground that shows it. width, height: of ``pixels``.
    format: told from the content. orientation: the EXIF one that was applied.
    """

    pixels: np.ndarray
    width: int
    height: int
    format: str
    orientation: int


def read_picture(source: Path | bytes, limits: PictureLimits = DEFAULT_LIMITS, *, name: str | None = None) -> Picture:
    """Decode a picture file, or its bytes: JPEG, PNG, BMP, and the first frame of WebP, TIFF and GIF.

    name: how errors call the picture; the path by default. Raises OcrwebError ``image.…``: all of `read_header`'s, and
    too-many-bytes, too-many-pixels, too-long, truncated, damaged.
    """
    data, header = read_whole(source, limits, name=name)
    pixels = read_pixels(data, header, name if isinstance(source, bytes) else name or str(source))
    height, width = pixels.shape[:2]
    return Picture(pixels, width, height, header.format, header.orientation)


def read_whole(
    source: Path | bytes, limits: PictureLimits = DEFAULT_LIMITS, *, name: str | None = None
) -> tuple[bytes, PictureHeader]:
    """The bytes of a picture within the limits, and what they announce; nothing is decoded. Raises as `read_picture`."""
    if isinstance(source, bytes):
        where, data = name, source
        _check_bytes(len(data), limits, where)
    else:
        where = name or str(source)
        _check_bytes(size_of(source, where), limits, where)
        data = read_head(source, where)
    header = header_of(data, where)
    check_limits(header, limits, where)
    return data, header


def check_limits(header: PictureHeader, limits: PictureLimits, where: str | None) -> None:
    """Refuse a picture whose header announces too much: image.too-long or image.too-many-pixels."""
    size = f"{header.width}×{header.height}"
    if max(header.width, header.height) > limits.side:
        raise OcrwebError("image.too-long", where=where, size=size, limit=limits.side)
    if header.width * header.height > limits.pixels:
        raise OcrwebError("image.too-many-pixels", where=where, size=size, limit=limits.pixels // 1_000_000)


def read_pixels(data: bytes, header: PictureHeader, where: str | None, part: int = 1) -> np.ndarray:
    """The pixels of a whole file's bytes, upright: (H, W, 3) uint8 BGR. Raises image.truncated or image.damaged.

    part: 1, 2, 4 or 8, by which the sides of a JPEG may be divided, rounded up. What OpenCV cannot read comes whole.
    """
    if _ends_early(data, header):
        raise OcrwebError("image.truncated", where=where)
    width, height = header.upright_size
    expected = {(height, width), (-(-height // part), -(-width // part))}
    pixels = _with_opencv(data, header, part) if header.format in {"JPEG", "PNG", "BMP"} or is_deep(header) else None
    if pixels is None:
        pixels = _with_pillow(data, header, where)
    if pixels.shape[:2] not in expected:
        raise OcrwebError("image.damaged", where=where, format=header.format)
    return np.ascontiguousarray(pixels)


def _check_bytes(size: int, limits: PictureLimits, where: str | None) -> None:
    if size > limits.bytes:
        raise OcrwebError("image.too-many-bytes", where=where, size=size // 1_000_000, limit=limits.bytes // 1_000_000)


def _ends_early(data: bytes, header: PictureHeader) -> bool:
    """Whether the end mark is missing. Decoders would fill the rest of a cut JPEG with grey and say nothing."""
    if header.format == "JPEG":
        return data.rfind(_JPEG_END) < header.scan
    if header.format == "PNG":
        return data.rfind(b"IEND") < 0
    return False


def _with_opencv(data: bytes, header: PictureHeader, part: int) -> np.ndarray | None:
    """The fast way. None when OpenCV cannot read it."""
    as_it_is = is_deep(header) or (header.format == "PNG" and (header.channels in {2, 4} or header.bits == 16))
    flags = cv2.IMREAD_UNCHANGED if as_it_is else _COLOUR[part] | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error:
        return None
    if pixels is None:
        return None
    return turn_upright(to_bgr(np.asarray(pixels)), 1 if is_deep(header) else header.orientation)


def is_deep(header: PictureHeader) -> bool:
    """A TIFF with colours of more than eight bits, which OpenCV reads as they are, and turns upright."""
    return header.format == "TIFF" and header.bits > 8 and header.channels in {3, 4}


def _with_pillow(data: bytes, header: PictureHeader, where: str | None) -> np.ndarray:
    """The thorough way: WebP, TIFF, GIF, and whatever OpenCV gave up on."""
    try:
        with Image.open(io.BytesIO(data), formats=[kind.upper() for kind in READABLE]) as picture:
            picture.load()
            pixels = pillow_to_bgr(picture)
    except Image.DecompressionBombError as error:
        raise OcrwebError("image.bomb", where=where) from error
    except PILLOW_FAILURES as error:
        code = "image.truncated" if "truncated" in str(error) else "image.damaged"
        params = {} if code == "image.truncated" else {"format": header.format}
        raise OcrwebError(code, where=where, **params) from error
    if header.format == "TIFF":
        return pixels  # Pillow turns a TIFF upright by itself
    return turn_upright(pixels, header.orientation)
