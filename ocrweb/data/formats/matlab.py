"""MATLAB 5 files: cells, numbers and texts.

SciPy reads such files whole, SynthText's boxes of all characters too; these lines take only what is needed, and no dependency.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

MAGIC = b"MATLAB 5.0 MAT-file"
DAMAGED = (ValueError, struct.error, zlib.error, IndexError, KeyError, TypeError)
_TYPES = {
    1: "i1",
    2: "u1",
    3: "i2",
    4: "u2",
    5: "i4",
    6: "u4",
    7: "f4",
    9: "f8",
    12: "i8",
    13: "u8",
    16: "u1",
    17: "u2",
}
_MATRIX, _COMPRESSED = 14, 15
_CELL, _CHAR = 1, 4
_HEAD = 128
DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Array:
    """shape: as MATLAB has it. values: flat, in its column order; of a cell: what its parts hold."""

    name: str
    shape: tuple[int, ...]
    values: np.ndarray | list[Array] | str


def names_in(data: bytes) -> set[str]:
    """The names of the variables of a file; none of one that cannot be read."""
    try:
        return {name for name, _ in _variables(data, ())}
    except DAMAGED:
        return set()


def arrays_in(data: bytes, wanted: Collection[str]) -> dict[str, Array]:
    """The variables of these names that are there. Raises one of `DAMAGED`."""
    return {name: _array(body) for name, body in _variables(data, wanted) if name in wanted}


def cells(array: Array) -> list[Array]:
    """What a cell holds, in column order. Raises ValueError."""
    if not isinstance(array.values, list):
        raise ValueError(f"{array.name} is no cell")
    return array.values


def _variables(data: bytes, wanted: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """(name, content) of every variable, the content of packed ones only where wanted. The byte order is this machine's or an error."""
    if data[126:128] != b"IM":
        raise ValueError("byte order")
    place = _HEAD
    while place + 8 <= len(data):
        kind, size = struct.unpack_from("<II", data, place)
        body = data[place + 8 : place + 8 + size]
        if len(body) < size:
            raise ValueError("cut off")
        place += 8 + size
        if kind == _COMPRESSED:
            head = zlib.decompressobj().decompress(body, 4096)
            name = _name(head[8:])
            yield name, zlib.decompress(body)[8:] if name in wanted else b""
        elif kind == _MATRIX:
            yield _name(body), body


def _name(body: bytes) -> str:
    parts = _elements(body)
    _next(parts), _next(parts)
    return bytes(_next(parts)).decode("ascii", "replace")


def _next(parts: Iterator[tuple[int, memoryview]]) -> memoryview:
    part = next(parts, None)
    if part is None:
        raise ValueError("cut off")
    return part[1]


def _elements(body: bytes | memoryview) -> Iterator[tuple[int, memoryview]]:
    """(type, bytes) of the parts of a matrix; small ones stand in their own tag."""
    view, place = memoryview(body), 0
    while place + 8 <= len(view):
        kind, size = struct.unpack_from("<II", view, place)
        if kind >> 16:
            yield kind & 0xFFFF, view[place + 4 : place + 4 + (kind >> 16)]
            place += 8
            continue
        if place + 8 + size > len(view):
            raise ValueError("cut off")
        yield kind, view[place + 8 : place + 8 + size]
        place += 8 + size + (-size % 8 if kind != _COMPRESSED else 0)


def _array(body: bytes | memoryview, depth: int = 0) -> Array:
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    parts = _elements(body)
    flags, dimensions, name = _next(parts), _next(parts), _next(parts)
    shape = tuple(np.frombuffer(dimensions, "<i4").tolist())
    kind, called = flags[0], bytes(name).decode("ascii", "replace")
    if kind == _CELL:
        return Array(called, shape, [_array(part, depth + 1) for _, part in parts])
    found = next(parts, None)
    values = np.zeros(0) if found is None else np.frombuffer(found[1], f"<{_TYPES[found[0]]}")
    if kind == _CHAR:
        rows = values.reshape(shape, order="F") if values.size == np.prod(shape) else values.reshape(1, -1)
        return Array(called, shape, "\n".join("".join(map(chr, row)) for row in rows.tolist()))
    return Array(called, shape, values)
