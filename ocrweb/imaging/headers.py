"""Read size, depth and orientation of JPEG, PNG and BMP from their first bytes, without a picture library."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from ocrweb.imaging.tiff_pages import page_count

UPRIGHT = 1  # EXIF orientation 1..8; anything else counts as upright
_ORIENTATION_TAG = 0x0112
_START_OF_FRAME = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD8)}
_PNG_CHANNELS = {0: 1, 2: 3, 3: 3, 4: 2, 6: 4}


class NeedsMore(Exception):
    """The bytes end before the header does."""


class Malformed(Exception):
    """The bytes are no header of that format."""


@dataclass(frozen=True, slots=True)
class RawHeader:
    """What the file says. channels counts a palette as three, and alpha. scan: offset of a JPEG's pixel data."""

    width: int
    height: int
    orientation: int = UPRIGHT
    frames: int = 1
    bits: int = 8
    channels: int = 3
    scan: int = 0


def parse_jpeg(data: bytes) -> RawHeader:
    """Walk the segments up to the first scan."""
    at, orientation, frame = 2, UPRIGHT, None
    while True:
        while True:  # a marker may follow any number of fill bytes
            _need(data, at + 2)
            if data[at] != 0xFF:
                raise Malformed
            if data[at + 1] != 0xFF:
                break
            at += 1
        marker = data[at + 1]
        at += 2
        if marker in _WITHOUT_LENGTH:
            continue
        if marker == 0xD9:
            raise Malformed
        _need(data, at + 2)
        (length,) = struct.unpack_from(">H", data, at)
        if length < 2:
            raise Malformed
        if marker == 0xDA:
            if frame is None:
                raise Malformed
            bits, height, width, channels = frame
            return RawHeader(width, height, orientation, 1, bits, channels, scan=at)
        _need(data, at + length)
        if marker in _START_OF_FRAME:
            if length < 8:
                raise Malformed
            frame = struct.unpack_from(">BHHB", data, at + 2)
        elif marker == 0xE1 and data[at + 2 : at + 8] == b"Exif\x00\x00" and orientation == UPRIGHT:
            orientation = exif_orientation(data[at + 8 : at + length])
        at += length


def parse_png(data: bytes) -> RawHeader:
    """Walk the chunks up to the first pixel data."""
    _need(data, 33)
    if data[12:16] != b"IHDR":
        raise Malformed
    width, height, bits, colour = struct.unpack_from(">IIBB", data, 16)
    if colour not in _PNG_CHANNELS:
        raise Malformed
    channels, orientation, frames, at = _PNG_CHANNELS[colour], UPRIGHT, 1, 33
    while True:
        _need(data, at + 8)
        length, name = struct.unpack_from(">I4s", data, at)
        if name in {b"IDAT", b"IEND"}:
            return RawHeader(width, height, orientation, frames, bits, channels)
        _need(data, at + 12 + length)
        if name == b"tRNS":
            channels += channels in {1, 3}
        elif name == b"eXIf":
            orientation = exif_orientation(data[at + 8 : at + 8 + length])
        elif name == b"acTL" and length >= 4:
            (frames,) = struct.unpack_from(">I", data, at + 8)
        at += 12 + length


def parse_bmp(data: bytes) -> RawHeader:
    """Both kinds of BMP header; a negative height means rows from top to bottom."""
    _need(data, 30)
    (size,) = struct.unpack_from("<I", data, 14)
    if size == 12:
        width, height, _, depth = struct.unpack_from("<HHHH", data, 18)
    elif 40 <= size <= 256:
        width, height, _, depth = struct.unpack_from("<iiHH", data, 18)
    else:
        raise Malformed
    if depth not in {1, 2, 4, 8, 16, 24, 32}:
        raise Malformed
    return RawHeader(width, abs(height), channels=3)


def parse_real_tiff(data: bytes) -> RawHeader:
    """A TIFF whose colours are real numbers, which Pillow does not know. Malformed for every other one."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None:
        raise Malformed
    try:
        known = _first_directory(data, order)
        width, height, bits, channels = (known[tag] for tag in (0x0100, 0x0101, 0x0102, 0x0115))
        pages = page_count(data)
    except (struct.error, KeyError) as error:
        raise Malformed from error
    if known.get(0x0153) != 3 or bits not in {32, 64} or channels not in {3, 4}:
        raise Malformed
    orientation = known.get(_ORIENTATION_TAG, UPRIGHT)
    upright = orientation if 1 <= orientation <= 8 else UPRIGHT
    return RawHeader(width, height, upright, pages, bits, channels)


def _first_directory(data: bytes, order: str) -> dict[int, int]:
    """Tag → its first value, of those that are short or long numbers."""
    (directory,) = struct.unpack_from(order + "I", data, 4)
    (entries,) = struct.unpack_from(order + "H", data, directory)
    known = {}
    for at in range(directory + 2, directory + 2 + 12 * entries, 12):
        tag, kind, count = struct.unpack_from(order + "HHI", data, at)
        if kind in {3, 4}:
            form, inside = (order + "H", count <= 2) if kind == 3 else (order + "I", count <= 1)
            place = at + 8 if inside else struct.unpack_from(order + "I", data, at + 8)[0]
            (known[tag],) = struct.unpack_from(form, data, place)
    return known


def exif_orientation(block: bytes) -> int:
    """The orientation 1..8 of an EXIF block (a TIFF header and its first directory); 1 when it says nothing valid."""
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None or len(block) < 8:
        return UPRIGHT
    (directory,) = struct.unpack_from(order + "I", block, 4)
    if directory + 2 > len(block):
        return UPRIGHT
    (entries,) = struct.unpack_from(order + "H", block, directory)
    for index in range(entries):
        at = directory + 2 + 12 * index
        if at + 12 > len(block):
            break
        tag, kind, _ = struct.unpack_from(order + "HHI", block, at)
        if tag == _ORIENTATION_TAG and kind in {3, 4}:
            (value,) = struct.unpack_from(order + ("H" if kind == 3 else "I"), block, at + 8)
            return value if 1 <= value <= 8 else UPRIGHT
    return UPRIGHT


def _need(data: bytes, size: int) -> None:
    if len(data) < size:
        raise NeedsMore
