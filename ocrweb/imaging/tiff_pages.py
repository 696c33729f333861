"""The chain of directories in a TIFF: one for each page, each telling where the next one is."""

from __future__ import annotations

import struct
from collections.abc import Iterator

# Of the ordinary and the big form: where the first offset stands, its form, that of a directory's count, bytes an entry.
_ORDINARY, _BIG = (4, "I", "H", 12), (8, "Q", "Q", 20)
_FORMS = {
    b"II*\0": ("<", _ORDINARY),
    b"MM\0*": (">", _ORDINARY),
    b"II+\0": ("<", _BIG),
    b"MM\0+": (">", _BIG),
}


def page_count(data: bytes) -> int:
    """How many pages a TIFF has. struct.error for a chain that leads out of the file, as where the end is missing."""
    return sum(1 for _ in _directories(data))


def page_alone(data: bytes, number: int) -> bytes:
    """The TIFF with that page, from 1, as its only one. LookupError or struct.error where the chain does not lead to it."""
    order, (start, form, _, _) = _FORMS[data[:4]]
    for reached, (directory, end) in enumerate(_directories(data), 1):
        if reached == number:
            alone = bytearray(data)
            struct.pack_into(order + form, alone, start, directory)
            struct.pack_into(order + form, alone, end, 0)
            return bytes(alone)
    raise LookupError(number)


def _directories(data: bytes) -> Iterator[tuple[int, int]]:
    """Their offsets, and where each says which is next; a chain that goes in a circle ends there."""
    order, (place, form, counted, size) = _FORMS[data[:4]]
    seen: set[int] = set()
    while True:
        (directory,) = struct.unpack_from(order + form, data, place)
        if not directory or directory in seen:
            return
        (entries,) = struct.unpack_from(order + counted, data, directory)
        place = directory + struct.calcsize(order + counted) + size * entries
        yield directory, place
        seen.add(directory)
