"""SynthText: ``gt.mat`` (MATLAB 5) with ``wordBB``, ``txt`` and ``imnames``.

SciPy reads such files whole, with the boxes of all characters too; these lines take only what is needed, and no dependency.
"""

from __future__ import annotations

import posixpath
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ocrweb.data.formats.annotated import Items, LabelledPicture, Shape, Trouble, split_in, text_in
from ocrweb.data.formats.marks import mark_of
from ocrweb.data.formats.tree import SourceTree

MAGIC = b"MATLAB 5.0 MAT-file"
NEEDED = ("wordBB", "imnames")
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
class _Array:
    """shape: as MATLAB has it. values: flat, in its column order; of a cell: what its parts hold."""

    name: str
    shape: tuple[int, ...]
    values: np.ndarray | list[_Array] | str


def is_synthtext(data: bytes) -> bool:
    """Whether a file holds boxes of words for pictures by name."""
    if not data.startswith(MAGIC):
        return False
    try:
        return set(NEEDED) <= {name for name, _ in _variables(data)}
    except (ValueError, struct.error, zlib.error, IndexError):
        return False


def read_synthtext(tree: SourceTree, file: str) -> Items:
    """The pictures of one file; each word is a box, with its text where there are as many words as boxes."""
    try:
        data = tree.read(file)
        wanted = {name: _array(body) for name, body in _variables(data) if name in (*NEEDED, "txt")}
        boxes, names = _cells(wanted["wordBB"]), _cells(wanted["imnames"])
        texts = _cells(wanted["txt"]) if "txt" in wanted else []
        if len(boxes) != len(names):
            raise ValueError(f"{len(boxes)} wordBB, {len(names)} imnames")
    except (ValueError, struct.error, zlib.error, IndexError, KeyError, TypeError) as failure:
        yield Trouble("broken", file, str(failure))
        return
    folder = posixpath.dirname(file)
    for number, (name, box) in enumerate(zip(names, boxes, strict=True), start=1):
        points = _quads(box)
        said = _words(texts[number - 1]) if number <= len(texts) else []
        words = said if len(said) == len(points) else [""] * len(points)
        shapes = tuple(Shape(quad, word, mark_of("synthtext", word)) for quad, word in zip(points, words, strict=True))
        picture = text_in(name.values if isinstance(name.values, str) else "")
        if not picture:
            yield Trouble("broken", f"{file}#{number}", "no imnames", len(shapes))
            continue
        yield LabelledPicture((picture,), shapes, f"{file}#{number}", folder, split=split_in(file) or split_in(picture))


def _variables(data: bytes) -> Iterator[tuple[str, bytes]]:
    """(name, content) of every variable. The byte order is this machine's or an error."""
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
            yield name, zlib.decompress(body)[8:] if name in (*NEEDED, "txt") else b""
        elif kind == _MATRIX:
            yield _name(body), body


def _name(body: bytes) -> str:
    parts = _elements(body)
    next(parts), next(parts)
    return bytes(next(parts)[1]).decode("ascii", "replace")


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


def _array(body: bytes | memoryview, depth: int = 0) -> _Array:
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    parts = _elements(body)
    flags, (_, dimensions), (_, name) = next(parts)[1], next(parts), next(parts)
    shape = tuple(np.frombuffer(dimensions, "<i4").tolist())
    kind, called = flags[0], bytes(name).decode("ascii", "replace")
    if kind == _CELL:
        return _Array(called, shape, [_array(part, depth + 1) for _, part in parts])
    found = next(parts, None)
    values = np.zeros(0) if found is None else np.frombuffer(found[1], f"<{_TYPES[found[0]]}")
    if kind == _CHAR:
        rows = values.reshape(shape, order="F") if values.size == np.prod(shape) else values.reshape(1, -1)
        return _Array(called, shape, "\n".join("".join(map(chr, row)) for row in rows.tolist()))
    return _Array(called, shape, values)


def _cells(array: _Array) -> list[_Array]:
    if not isinstance(array.values, list):
        raise ValueError(f"{array.name} is no cell")
    return array.values


def _quads(box: _Array) -> np.ndarray:
    """(N, 4, 2) float64 from 2 × 4 × N."""
    if not isinstance(box.values, np.ndarray) or box.shape[:2] != (2, 4) or box.values.size % 8:
        return np.zeros((0, 4, 2))
    return box.values.astype(np.float64).reshape(-1, 4, 2)


def _words(text: _Array) -> list[str]:
    """The words of lines that are padded with blanks."""
    return text.values.split() if isinstance(text.values, str) else []
