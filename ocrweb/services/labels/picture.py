"""A picture as a browser can show it: upright, as JPEG or PNG."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ocrweb.imaging.encode import encode_picture
from ocrweb.imaging.headers import UPRIGHT
from ocrweb.imaging.picture import DEFAULT_LIMITS, check_limits, read_picture
from ocrweb.imaging.small import read_small
from ocrweb.imaging.sniff import read_header
from ocrweb.imaging.source import open_error, read_head
from ocrweb.services.files.recent import Recent
from ocrweb.services.labels.entries import LabelPlace

THUMBNAIL = 96  # pixels of the longer side
THUMBNAIL_QUALITY = 80
BUDGET = 64 * 2**20  # bytes of pictures that were turned or converted
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png"}


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """content: of a whole file. kind: its media type. tag: other for another picture file."""

    content: bytes
    kind: str
    tag: str


_turned: Recent[str, ShownPicture] = Recent(BUDGET, lambda shown: len(shown.content))


def picture_tag(place: LabelPlace) -> str:
    """Changes with the picture's file. Raises image.missing, image.unreadable."""
    try:
        state = os.stat(place.image)
    except OSError as failure:
        raise open_error(failure, place.picture) from failure
    return f"{state.st_mtime_ns:x}-{state.st_size:x}-{state.st_ino:x}"


def shown_picture(place: LabelPlace) -> ShownPicture:
    """The file as it is where it lies upright; else it is decoded and written again. Raises ``image.…``."""
    tag = picture_tag(place)
    header = read_header(place.image, name=place.picture)
    check_limits(header, DEFAULT_LIMITS, place.picture)
    if header.orientation == UPRIGHT and header.format in TYPES:
        return ShownPicture(read_head(place.image, place.picture), TYPES[header.format], tag)
    key = f"{place.image}\0{tag}"
    if (known := _turned.get(key)) is not None:
        return known
    suffix = ".jpg" if header.format == "JPEG" else ".png"
    pixels = read_picture(place.image, name=place.picture).pixels
    return _turned.put(
        key, ShownPicture(encode_picture(pixels, suffix), TYPES["JPEG" if suffix == ".jpg" else "PNG"], tag)
    )


def thumbnail(place: LabelPlace) -> ShownPicture:
    """A JPEG of at most `THUMBNAIL` pixels a side, upright. Raises ``image.…``."""
    tag = picture_tag(place)
    key = f"{place.image}\0{tag}\0thumbnail"
    if (known := _turned.get(key)) is not None:
        return known
    small = read_small(place.image, THUMBNAIL, name=place.picture)
    content = encode_picture(small.pixels, ".jpg", quality=THUMBNAIL_QUALITY)
    return _turned.put(key, ShownPicture(content, TYPES["JPEG"], tag))
