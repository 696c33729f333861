"""A line of ICDAR's label files, in the dialect that most lines of its file speak."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ocrweb.data.checks.label_line import NUMBER, LabelLine, scan_label_lines
from ocrweb.data.formats.annotated import Shape, points_of
from ocrweb.data.formats.marks import mark_of

Dialect = Literal["plain", "scripts", "difficulty"]
SCRIPTS = ("Arabic", "Latin", "Chinese", "Japanese", "Korean", "Bangla", "Hindi", "Symbols", "Mixed", "None")
_CORNERS = re.compile(rf"\s*({NUMBER}[,\s]\s*{NUMBER}[,\s]\s*{NUMBER}[,\s]\s*{NUMBER})[,\s]\s*\"(.*)\"\s*", re.DOTALL)
_SCRIPT = re.compile(rf"({'|'.join(SCRIPTS)}),(.*)", re.DOTALL)
_DIFFICULTY = re.compile(r"([01]),\"(.*)\"", re.DOTALL)


@dataclass(frozen=True, slots=True)
class IcdarLine:
    """number: from 1. shape: None when the line is no box. doubtful: numbers in its text may be points."""

    number: int
    line: str
    shape: Shape | None
    doubtful: bool = False


def icdar_lines(lines: list[str]) -> list[IcdarLine]:
    """The boxes of a file, in the dialect of most of its lines; blank lines are left out."""
    scanned = scan_label_lines(lines)
    dialect = _dialect_of(scanned)
    return [
        IcdarLine(number, line, _shape(line, read, dialect), any(f.rule == "label.maybe-points" for f in read.findings))
        for number, (line, read) in enumerate(zip(lines, scanned, strict=True), start=1)
        if read is not None
    ]


def is_four_points_and_text(lines: list[str]) -> bool:
    """Whether a file is in the dialect of the training layout, broken lines aside."""
    scanned = [(line, read) for line, read in zip(lines, scan_label_lines(lines), strict=True) if read is not None]
    corners = sum(not read.numbers and _CORNERS.fullmatch(line) is not None for line, read in scanned)
    return 2 * corners <= len(scanned) and _dialect_of([read for _, read in scanned]) == "plain"


def _dialect_of(lines: Sequence[LabelLine | None]) -> Dialect:
    """scripts: MLT's ``…,Latin,text``. difficulty: RCTW's ``…,0,"text"``. plain: the text follows the points."""
    found: Counter[Dialect] = Counter()
    for line in lines:
        if line is not None:
            scripts, difficulty = _SCRIPT.fullmatch(line.text), _DIFFICULTY.fullmatch(line.text)
            found["scripts" if scripts else "difficulty" if difficulty else "plain"] += 1
    most = found.most_common(1)
    return most[0][0] if most and 2 * most[0][1] > found.total() else "plain"


def _shape(line: str, scanned: LabelLine, dialect: Dialect) -> Shape | None:
    """The box of a line, None when it is none. ICDAR2013's two corners before a quoted text are known in any file."""
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
