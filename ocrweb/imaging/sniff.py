"""Recognise a picture and read its header, cheaply: without decoding it."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from ocrweb.errors import OcrwebError
from ocrweb.imaging.content import OTHER_PICTURES, READABLE, identify
from ocrweb.imaging.headers import Malformed, NeedsMore, RawHeader, parse_bmp, parse_jpeg, parse_png, parse_real_tiff
from ocrweb.imaging.source import read_head
from ocrweb.imaging.tiff_pages import page_count

HEAD = 128 * 1024  # holds the header of nearly every picture; longer ones are read whole
_PARSERS = {"JPEG": parse_jpeg, "PNG": parse_png, "BMP": parse_bmp}
PILLOW_FAILURES = (  # what Pillow raises for damaged files, found by fuzzing; OSError covers most
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    LookupError,
    EOFError,
    OverflowError,
    struct.error,
    zlib.error,
)
_PILLOW_BITS = {"1": 1, "I;16": 16, "I;16B": 16, "I;16L": 16, "I": 32, "F": 32}


@dataclass(frozen=True, slots=True)
class PictureHeader:
    """What a picture file says about itself.

    format: "JPEG", "PNG", "BMP", "GIF", "WebP" or "TIFF", told from the content. width, height: pixels as stored.
    orientation: EXIF 1..8, 1 is upright. frames: pictures in the file. bits: a channel. channels: alpha included.
    scan: offset of a JPEG's pixel data, else 0.
    """

    format: str
    width: int
    height: int
    orientation: int
    frames: int
    bits: int
    channels: int
    scan: int = 0

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height as a person sees the picture, after the EXIF orientation."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)


def read_header(source: Path | bytes, *, name: str | None = None) -> PictureHeader:
    """The header of a picture file, or of its bytes.

    name: how errors call the picture; the path by default. Raises OcrwebError ``image.…``: missing, is-folder, unreadable,
    empty, not-a-picture (says what the file really is), unsupported-format, unknown-content, truncated, damaged.
    """
    if isinstance(source, bytes):
        return header_of(source, name)
    where = name or str(source)
    head = read_head(source, where, HEAD)
    if len(head) < HEAD:
        return header_of(head, where)
    kind = identify(head)
    try:
        if kind in _PARSERS:
            return _checked(kind, _PARSERS[kind](head), where)
    except NeedsMore:
        pass  # a long colour profile or preview comes first: read the whole file
    except Malformed as error:
        raise OcrwebError("image.damaged", where=where, format=kind) from error
    return header_of(read_head(source, where) if kind in READABLE else head, where)


def header_of(data: bytes, where: str | None) -> PictureHeader:
    """`read_header` of a whole file's bytes."""
    if not data:
        raise OcrwebError("image.empty", where=where)
    kind = identify(data)
    if kind not in READABLE:
        raise _not_readable(kind, where)
    try:
        raw = _PARSERS[kind](data) if kind in _PARSERS else _parse_with_pillow(data, kind)
    except NeedsMore as error:
        raise OcrwebError("image.truncated", where=where) from error
    except Malformed as error:
        raise OcrwebError("image.damaged", where=where, format=kind) from error
    except Image.DecompressionBombError as error:
        raise OcrwebError("image.bomb", where=where) from error
    return _checked(kind, raw, where)


def _checked(kind: str, raw: RawHeader, where: str | None) -> PictureHeader:
    if raw.width < 1 or raw.height < 1:
        raise OcrwebError("image.damaged", where=where, format=kind)
    return PictureHeader(
        kind, raw.width, raw.height, raw.orientation, raw.frames, raw.bits, raw.channels, scan=raw.scan
    )


def _parse_with_pillow(data: bytes, kind: str) -> RawHeader:
    """GIF, WebP and TIFF: rare enough to leave to the library."""
    try:
        with Image.open(io.BytesIO(data), formats=(kind.upper(),)) as picture:
            orientation = picture.getexif().get(0x0112, 1)
            width, height = picture.size
            if kind == "TIFF" and orientation in {5, 6, 7, 8}:
                width, height = height, width  # Pillow gives the size of a TIFF as it is seen
            return RawHeader(
                width,
                height,
                orientation if orientation in range(1, 9) else 1,
                page_count(data) if kind == "TIFF" else getattr(picture, "n_frames", 1),
                bits_of(picture),
                3 if picture.mode == "P" else len(picture.getbands()),
            )
    except Image.DecompressionBombError:
        raise
    except PILLOW_FAILURES as error:
        if kind == "TIFF":
            return parse_real_tiff(data)
        raise Malformed from error


def bits_of(picture: Image.Image) -> int:
    """Of a channel, in the file: Pillow has no mode for colours of more than eight, and cuts them off."""
    if isinstance(picture, TiffImageFile) and picture.mode in {"RGB", "RGBA"}:
        return max(picture.tag_v2.get(0x0102, (8,)))
    return _PILLOW_BITS.get(picture.mode, 8)


def _not_readable(kind: str, where: str | None) -> OcrwebError:
    if kind == "":
        return OcrwebError("image.unknown-content", where=where)
    if kind == "text":
        return OcrwebError("image.is-text", where=where)
    if kind in OTHER_PICTURES:
        return OcrwebError("image.unsupported-format", where=where, format=kind)
    return OcrwebError("image.not-a-picture", where=where, kind=kind)
