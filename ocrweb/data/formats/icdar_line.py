"""A line of ICDAR's label files, in the dialect that most lines of its file speak."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from ocrweb.data.checks.dialect import DIFFICULTY, SCRIPT, Dialect, dialect_of
from ocrweb.data.checks.label_line import NUMBER, LabelLine, scan_label_lines, unquoted
from ocrweb.data.formats.annotated import Shape, points_of
from ocrweb.data.formats.marks import mark_of

_FOUR = rf"{NUMBER}(?:\s*,\s*|\s+){NUMBER}(?:\s*,\s*|\s+){NUMBER}(?:\s*,\s*|\s+){NUMBER}"
_QUOTED = re.compile(rf"\s*({_FOUR})(?:\s*,\s*|\s+)\"(.*)\"\s*", re.DOTALL)
_ALONE = re.compile(rf"\s*({_FOUR})\s*,?()\s*")
_WORD = re.compile(rf"\s*({_FOUR})(?:\s*,\s*|\s+)(?!{NUMBER}\s*(?:,|$))(\S.*?)\s*", re.DOTALL)
_ANY_TEXT = re.compile(rf"\s*({_FOUR})\s*,\s*(\S.*?)\s*", re.DOTALL)

# ICDAR2013's masks of letters: a colour, a centre, two corners, a letter
_LETTER = re.compile(rf"#?\s*(?:\d{{1,3}}\s+){{3}}(?:{NUMBER}\s+){{6}}\".*\"\s*", re.DOTALL)
_IGNORED_WORD = re.compile(r"[^\W\d_]{1,20},\s?###")  # of a script or class that is not known here


@dataclass(frozen=True, slots=True)
class IcdarLine:
    """number: from 1. shape: None when the line is no box. doubtful: numbers in its text may be points."""

    number: int
    line: str
    shape: Shape | None
    doubtful: bool = False


def icdar_lines(lines: list[str]) -> list[IcdarLine]:
    """The boxes of a file, in the dialect of most of its lines; blank lines are left out."""
    scanned = scan_label_lines([unquoted(line) for line in lines])
    dialect = dialect_of([read.text for read in scanned if read is not None])
    corners = _corners_of(lines, scanned)
    return [
        IcdarLine(
            number,
            line,
            _shape(line, read, dialect, corners.get(line)),
            any(f.rule == "label.maybe-points" for f in read.findings),
        )
        for number, (line, read) in enumerate(zip(lines, scanned, strict=True), start=1)
        if read is not None
    ]


def is_four_points_and_text(lines: list[str]) -> bool:
    """Whether a file is in the dialect of the training layout, broken lines aside."""
    scanned = [(line, read) for line, read in zip(lines, scan_label_lines(lines), strict=True) if read is not None]
    corners = _corners_of(lines, [read for _, read in scanned])
    return 2 * len(corners) <= len(scanned) and dialect_of([read.text for _, read in scanned]) == "plain"


def _corners_of(lines: list[str], scanned: list[LabelLine | None]) -> dict[str, Shape]:
    """Lines of two corners, ICDAR2013's. Those before a quoted text are known in any file; others only where most lines are
    such and their numbers can be corners (some tools write a corner and a size), numbers as text only beside words."""
    found: dict[re.Pattern[str], dict[str, Shape]] = {_QUOTED: {}, _ALONE: {}, _WORD: {}, _ANY_TEXT: {}}
    for line, read in zip(lines, scanned, strict=True):
        said = (
            None if read is None or read.numbers else next(filter(None, (one.fullmatch(line) for one in found)), None)
        )
        points = points_of(re.findall(NUMBER, said[1])) if said else None
        if said and points is not None:
            found[said.re][line] = Shape(points, said[2], mark_of("icdar", said[2]))
    guessed = found[_ALONE] | found[_WORD]
    if len(found[_WORD]) > len(found[_ANY_TEXT]):
        guessed |= found[_ANY_TEXT]
    corners = {line: shape for line, shape in guessed.items() if (shape.points[1] - shape.points[0] > 1).all()}
    believed = 2 * (len(found[_QUOTED]) + len(guessed)) > sum(read is not None for read in scanned)
    return found[_QUOTED] | corners if believed and 10 * len(corners) >= 9 * len(guessed) else found[_QUOTED]


def _shape(line: str, scanned: LabelLine, dialect: Dialect, corners: Shape | None) -> Shape | None:
    """The box of a line, None when it is none."""
    if not scanned.numbers:
        return corners
    if _LETTER.fullmatch(line):
        return None
    text, fields = scanned.text, {}
    if dialect == "scripts" and (said := SCRIPT.fullmatch(text)):
        text = said[2].strip()
    elif dialect == "difficulty" and (said := DIFFICULTY.fullmatch(text)):
        text, fields = said[2].strip(), {"difficulty": said[1]}
    elif _IGNORED_WORD.fullmatch(text):
        text = "###"
    points = np.array(scanned.outline or scanned.values, np.float64).reshape(-1, 2)
    return Shape(points, text, mark_of("icdar", text, fields=fields))
