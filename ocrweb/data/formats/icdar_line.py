"""A line of ICDAR's label files, in the dialect that most lines of its file speak."""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal

import numpy as np

from ocrweb.data.checks.label_line import NUMBER, is_blank, scan_label_line
from ocrweb.data.formats.annotated import Shape, points_of
from ocrweb.data.formats.marks import mark_of

Dialect = Literal["plain", "scripts", "difficulty"]
SCRIPTS = ("Arabic", "Latin", "Chinese", "Japanese", "Korean", "Bangla", "Hindi", "Symbols", "Mixed", "None")
_CORNERS = re.compile(rf"\s*({NUMBER}[,\s]\s*{NUMBER}[,\s]\s*{NUMBER}[,\s]\s*{NUMBER})[,\s]\s*\"(.*)\"\s*", re.DOTALL)
_SCRIPT = re.compile(rf"({'|'.join(SCRIPTS)}),(.*)", re.DOTALL)
_DIFFICULTY = re.compile(r"([01]),\"(.*)\"", re.DOTALL)


def dialect_of(lines: list[str]) -> Dialect:
    """scripts: MLT's ``…,Latin,text``. difficulty: RCTW's ``…,0,"text"``. plain: the text follows the points."""
    found: Counter[Dialect] = Counter()
    for line in lines:
        if not is_blank(line):
            text = scan_label_line(line).text
            found[
                "scripts" if _SCRIPT.fullmatch(text) else "difficulty" if _DIFFICULTY.fullmatch(text) else "plain"
            ] += 1
    most = found.most_common(1)
    return most[0][0] if most and 2 * most[0][1] > found.total() else "plain"


def is_four_points_and_text(lines: list[str]) -> bool:
    """Whether a file is in the dialect of the training layout, broken lines aside."""
    told = [line for line in lines if not is_blank(line)]
    return dialect_of(told) == "plain" and 2 * sum(_CORNERS.fullmatch(line) is not None for line in told) <= len(told)


def icdar_shape(line: str, dialect: Dialect) -> Shape | None:
    """The box of a line, None when it is none. ICDAR2013's two corners before a quoted text are known in any file."""
    scanned = scan_label_line(line)
    if not scanned.numbers:
        corners = _CORNERS.fullmatch(line)
        points = points_of(re.findall(NUMBER, corners[1])) if corners else None
        return Shape(points, corners[2], mark_of("icdar", corners[2])) if corners and points is not None else None
    text, fields = scanned.text, {}
    if dialect == "scripts" and (said := _SCRIPT.fullmatch(text)):
        text = said[2].strip()
    elif dialect == "difficulty" and (said := _DIFFICULTY.fullmatch(text)):
        text, fields = said[2].strip(), {"difficulty": said[1]}
    points = np.array(scanned.outline or scanned.values, np.float64).reshape(-1, 2)
    return Shape(points, text, mark_of("icdar", text, fields=fields))
