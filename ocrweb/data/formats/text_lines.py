"""Label files of plain lines that are found by their picture's name: YOLO, DOTA, MSRA-TD500 and Total-Text."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from ocrweb.data.checks.label_line import NUMBER
from ocrweb.data.formats.annotated import Shape, numbers_of, points_of
from ocrweb.data.formats.marks import mark_of
from ocrweb.data.formats.quads import turned_about_centre
from ocrweb.data.formats.tree import lines_of

_DOTA = re.compile(rf"\s*((?:{NUMBER}\s+){{8}})(\S+)\s+([012])\s*")
_DOTA_HEAD = re.compile(r"(imagesource|gsd):.*")
_YOLO = re.compile(rf"\s*(\d+)(?:\.0*)?((?:\s+{NUMBER}){{4,}})\s*")
_MSRA = re.compile(rf"\s*\d+\s+([01])((?:\s+{NUMBER}){{5}})\s*")
_TOTAL = re.compile(
    r"\s*x:\s*\[\[(.*?)\]\],?\s*y:\s*\[\[(.*?)\]\],?\s*ornt:\s*\[(.*?)\],?"
    r"\s*transcriptions:\s*\[u?['\"](.*?)['\"]\]\s*",
    re.DOTALL,
)
_PARTS = re.compile(r"\s*,\s*|\s+")
LINE_FORMATS = ("total-text", "msra", "dota", "yolo")
NO_NAMES: Mapping[str, str] = MappingProxyType({})


def line_format_of(lines: list[str]) -> str | None:
    """Which of these most lines are; None when they are none of them."""
    wanted = [line for line in lines if line.strip() and not _DOTA_HEAD.fullmatch(line.strip())]
    if wanted and 4 * sum(line.lstrip().startswith("x: [[") for line in wanted) > len(wanted):
        return "total-text"
    for name in ("dota", "msra", "yolo"):
        if 2 * sum(shape_of_line(line, name, (1, 1)) is not None for line in wanted) > len(wanted):
            return name
    return None


def shapes_in(
    text: str, format: str, size: tuple[int, int], names: Mapping[str, str] = NO_NAMES
) -> list[tuple[int, Shape | str]]:
    """(line, shape or what stands there instead) for every box of a file. size: of the picture, for YOLO's shares. names:
    of YOLO's classes, by number."""
    if format == "total-text":
        return _total_text(text)
    found: list[tuple[int, Shape | str]] = []
    for number, line in enumerate(lines_of(text), start=1):
        if line.strip() and not (format == "dota" and _DOTA_HEAD.fullmatch(line.strip())):
            found.append((number, shape_of_line(line, format, size, names) or line[:60]))
    return found


def class_of_line(line: str) -> str:
    """The number of a YOLO line's class, "" for another line."""
    said = _YOLO.fullmatch(line)
    return str(int(said[1])) if said else ""


def shape_of_line(line: str, format: str, size: tuple[int, int], names: Mapping[str, str] = NO_NAMES) -> Shape | None:
    if format == "dota" and (said := _DOTA.fullmatch(line)):
        points = points_of(said[1].split())
        mark = mark_of("dota", said[2], fields={"difficult": said[3] != "0"})
        return None if points is None else Shape(points, "", mark)
    if format == "msra" and (said := _MSRA.fullmatch(line)):
        numbers = numbers_of(said[2].split())
        if numbers is None:
            return None
        x, y, width, height, angle = map(float, numbers)
        points = turned_about_centre(np.array([[x, y], [x + width, y + height]]), math.degrees(angle))
        return Shape(points, "", mark_of("msra", fields={"difficult": said[1]}))
    if format == "yolo" and (said := _YOLO.fullmatch(line)):
        values = [float(value) for value in said[2].split()]
        mark = mark_of("yolo", names.get(str(int(said[1])), ""))
        if not all(-0.05 <= value <= 1.05 for value in values):
            return None
        if len(values) % 2:  # the last is a detector's score
            values.pop()
        if len(values) == 4:
            centre, half = np.array(values[:2]), np.array(values[2:4]) / 2
            return Shape(np.stack([centre - half, centre + half]) * np.array(size, np.float64), mark=mark)
        if len(values) >= 6:
            return Shape(np.array(values).reshape(-1, 2) * np.array(size, np.float64), mark=mark)
    return None


def _total_text(text: str) -> list[tuple[int, Shape | str]]:
    """numpy breaks long lists over lines, so records are found across them."""
    starts = [match.start() for match in re.finditer(r"^[ \t]*x:", text, re.MULTILINE)]
    head = text[: starts[0]] if starts else text
    found: list[tuple[int, Shape | str]] = [(1, head.strip()[:60])] if head.strip() else []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        line = text.count("\n", 0, start) + 1
        said = _TOTAL.fullmatch(text[start:end])
        across, down = (_PARTS.split(said[1].strip()), _PARTS.split(said[2].strip())) if said else ([], [])
        if said is None or len(across) != len(down) or points_of([*across, *down]) is None:
            found.append((line, text[start : start + 60].split("\n")[0]))
            continue
        mark = mark_of("total-text", said[4], said[3].strip("u'\" "))
        found.append((line, Shape(np.array([across, down], np.float64).T, said[4], mark)))
    return found
