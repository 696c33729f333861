"""What is known of a small folder of a format or a dialect."""

from __future__ import annotations

from dataclasses import dataclass

from tests.data.formats.kinds import LOW
from tests.data.formats.sources import QUAD

Points = list[list[int]]


@dataclass(frozen=True)
class Kind:
    """file, content: the labels. boxes: the right ones. ignored: their numbers. outlines: boxes that keep a polygon. lost:
    outlines that are none of a text. beside: further files that say something of the labels."""

    format: str
    file: str
    content: str
    boxes: tuple[Points, ...]
    ignored: frozenset[int] = frozenset()
    outlines: int = 0
    lost: int = 0
    beside: tuple[tuple[str, str], ...] = ()


def two(format: str, file: str, content: str, *ignored: int, lost: int = 0) -> Kind:
    return Kind(format, file, content, (QUAD, LOW), frozenset(ignored), lost=lost)
