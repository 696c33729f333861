"""Label files whose numbers are not the four corners in turn: told by all lines together, for one alone could be anything."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from ocrweb.data.checks import label_box as box

LEAST = 2  # lines
OUTLINE = 6  # points
RARELY = 0.5
_NUMBER = re.compile(r"[+-]?[0-9]++(?:[.][0-9]++)?")
_WHOLE = re.compile(r"[0-9]++")
Fields = list[str]


@dataclass(frozen=True, slots=True)
class OtherOrder:
    """rule: what the file broke. lines: the same lines with the corners in turn; one that could not be read so stays."""

    rule: str
    lines: list[str]


def other_order(lines: Sequence[str]) -> OtherOrder | None:
    """How else the numbers of a file are to be read, when as corners nearly none of them make a box and otherwise nearly all do."""
    cut = [line.split(",") for line in lines if line.count(",") >= 8]
    if len(cut) < LEAST or any(not _NUMBER.fullmatch(field) for fields in cut for field in fields[:8]):
        return None
    if box.is_read_well(_quads(cut)).mean() > RARELY or sum(map(_is_outline, cut)) > RARELY * len(cut):
        return None
    for rule, reading in READINGS.items():
        read = [fields for line in cut if (fields := reading(line)) is not None]
        if len(read) >= box.NEARLY_ALL * len(cut) and box.is_read_well(_quads(read)).mean() >= box.NEARLY_ALL:
            return OtherOrder(rule, list(_reread(lines, reading)))
    return None


def _is_outline(fields: Fields) -> bool:
    """Whether the numbers go round a text by six points or more, as Total-Text and CTW1500 have them."""
    numbers = [float(field) for field in itertools.takewhile(_NUMBER.fullmatch, fields)]
    points = list(zip(numbers[::2], numbers[1::2], strict=False))
    return len(points) >= OUTLINE and shapely.Polygon(points).is_valid


def _quads(lines: list[Fields]) -> np.ndarray:
    """(N, 4, 2)"""
    return np.array([[float(field) for field in fields[:8]] for fields in lines]).reshape(-1, 4, 2)


def _reread(lines: Sequence[str], reading: Callable[[Fields], Fields | None]) -> Iterator[str]:
    for line in lines:
        fields = reading(line.split(","))
        yield line if fields is None else ",".join(fields)


def _without_first(fields: Fields) -> Fields | None:
    """``class,x1,y1,…``"""
    return fields[1:] if len(fields) >= 9 and _WHOLE.fullmatch(fields[0]) and _NUMBER.fullmatch(fields[8]) else None


def _by_columns(fields: Fields) -> Fields | None:
    """``x1,x2,x3,x4,y1,y2,y3,y4,…``"""
    if len(fields) < 9:
        return None
    return [fields[place] for place in (0, 4, 1, 5, 2, 6, 3, 7)] + fields[8:]


def _with_commas_inside(fields: Fields) -> Fields | None:
    """``308,5,155,5,…`` for 308.5 and 155.5, or ``1,308,1,155,…`` for 1308 and 1155."""
    pairs = list(zip(fields[:16:2], fields[1:16:2], strict=False))
    if len(pairs) < 8 or not all(_WHOLE.fullmatch(part) for pair in pairs for part in pair):
        return None
    if shapely.Polygon([(float(x), float(y)) for x, y in pairs]).is_valid:
        return None  # an outline of eight points
    thousands = all(len(left) <= 3 and len(right) == 3 and not left.startswith("0") for left, right in pairs)
    return [("" if thousands else ".").join(pair) for pair in pairs] + fields[16:]


READINGS: dict[str, Callable[[Fields], Fields | None]] = {
    "label.number-commas": _with_commas_inside,
    "label.leading-number": _without_first,
    "label.columns": _by_columns,
}
