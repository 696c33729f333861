"""MATLAB 5 files as the ground truth of SynthText and Total-Text, written here."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

Points = Sequence[Sequence[int]]


def _element(kind: int, data: bytes) -> bytes:
    if 0 < len(data) <= 4:
        return struct.pack("<I", len(data) << 16 | kind) + data.ljust(4, b"\0")
    return struct.pack("<II", kind, len(data)) + data + b"\0" * (-len(data) % 8)


def _matrix(kind: int, shape: Sequence[int], name: str, content: bytes) -> bytes:
    head = _element(6, struct.pack("<II", kind, 0)) + _element(5, struct.pack(f"<{len(shape)}i", *shape))
    return _element(14, head + _element(1, name.encode()) + content)


def _text(rows: Sequence[str], name: str = "") -> bytes:
    width = max(map(len, rows), default=0)
    letters = np.array([list(row.ljust(width)) for row in rows]).reshape(len(rows), width)
    codes = [ord(letter) for letter in letters.reshape(-1, order="F")]
    return _matrix(4, (len(rows), width), name, _element(4, struct.pack(f"<{len(codes)}H", *codes)))


def _boxes(quads: Any, dtype: str) -> bytes:
    """2 × 4 × N, without the third where N is 1."""
    values = np.asarray(quads, np.float64).reshape(-1, 4, 2)
    shape = (2, 4) if len(values) == 1 else (2, 4, len(values))
    kind, tag = {"f8": (6, 9), "f4": (7, 7), "u1": (6, 2)}[dtype]
    return _matrix(kind, shape, "", _element(tag, values.astype(f"<{dtype}").tobytes()))


def _cell(name: str, parts: Sequence[bytes]) -> bytes:
    return _matrix(1, (1, len(parts)), name, b"".join(parts))


def gt_mat(
    names: Sequence[str],
    quads: Sequence[Any],
    texts: Sequence[Sequence[str]],
    *,
    packed: bool = True,
    dtype: str = "f8",
) -> bytes:
    """``gt.mat``. packed: variables are compressed, as MATLAB does. dtype: of the coordinates on disk."""
    variables = [
        _cell("charBB", [_boxes(part, dtype) for part in quads]),
        _cell("wordBB", [_boxes(part, dtype) for part in quads]),
        _cell("imnames", [_text([name]) for name in names]),
        _cell("txt", [_text(rows) for rows in texts]),
    ]
    return _file(variables, packed)


def poly_gt_mat(rows: Sequence[tuple[Points, str, str]], *, name: str = "polygt", packed: bool = True) -> bytes:
    """``poly_gt_img1.mat``. rows: outline, text and orientation of each."""
    columns: list[list[bytes]] = [[], [], [], [], [], []]
    for points, text, turn in rows:
        across, down = ([point[axis] for point in points] for axis in (0, 1))
        parts = (_text(["x:"]), _numbers(across), _text(["y:"]), _numbers(down), _text([text]), _text([turn]))
        for column, part in zip(columns, parts, strict=True):
            column.append(part)
    parts_by_column = [part for column in columns for part in column]
    return _file([_matrix(1, (len(rows), len(columns)), name, b"".join(parts_by_column))], packed)


def _numbers(values: Sequence[int]) -> bytes:
    """1 × N of 16 bits."""
    return _matrix(11, (1, len(values)), "", _element(4, struct.pack(f"<{len(values)}H", *values)))


def _file(variables: list[bytes], packed: bool) -> bytes:
    head = b"MATLAB 5.0 MAT-file, Platform: GLNXA64".ljust(124) + struct.pack("<H", 0x0100) + b"IM"
    if packed:
        variables = [struct.pack("<II", 15, len(data)) + data for data in map(zlib.compress, variables)]
    return head + b"".join(variables)
