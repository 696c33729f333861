"""One label line: ``x1,y1,x2,y2,x3,y3,x4,y4,text``, judged in one pure function."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ocrweb.data.checks.finding import Finding, finding
from ocrweb.data.checks.label_points import (
    NONE,
    Further,
    are_points,
    four_points_of,
    further_points,
    is_doubtful,
    mostly_points,
)

IGNORED_TEXTS = ("###", "*")
PLACEHOLDER = "text"
LARGEST_COORDINATE = 65535.0

NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
CONTROL = r"\x00-\x1f\x7f"
ZERO_WIDTH = r"\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
BLANK = rf"\s{CONTROL}{ZERO_WIDTH}"
BLANK_CHARACTERS = "".join(re.findall(rf"[{BLANK}]", "".join(map(chr, range(0x3001))) + "\ufeff"))  # all of BLANK
TEXT = rf"([^{BLANK}](?:[^{CONTROL}]*[^{BLANK}])?)"
CLEAN = re.compile(rf"((?:{NUMBER},){{8}}){TEXT}")
PLAIN = re.compile(rf"({','.join([r'-?[0-9]++(?:[.][0-9]++)?'] * 8)}),{TEXT}")  # nearly every line, found faster
_NUMBERS = re.compile(r"\s*+-?[0-9]++(?:[.][0-9]++)?\s*+,\s*+-?[0-9]++(?:[.][0-9]++)?\s*+(?:,|$)")  # a point, perhaps
_ANOTHER_BOX = re.compile(r"(?<=[^0-9.,+-])(?:-?[0-9]++(?:[.][0-9]++)?,){8}")
IGNORING_MARKS = "#＃＊*\"'“”"
_NUMBER = re.compile(NUMBER)
_NUMERIC = tuple("-0123456789")
_MARKS = ",，、;；|،؛﹐﹑﹔"
_SEPARATOR = re.compile(rf"(?<![{BLANK}])[{BLANK}]*+[{_MARKS}][{BLANK}]*+|(?<![{BLANK}])[{BLANK}]++")
_FIELD_MARK = re.compile(rf"[{_MARKS}\t]")
_BLANKS = re.compile(rf"[{BLANK}]+")
_CONTROLS = re.compile(rf"[{CONTROL}]+")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]++(?:,[0-9]++)?")
_HEADING = re.compile(r"[A-Za-z]{1,12}_?[0-9]{0,2}")
_OTHER_MARKS = str.maketrans({"\u2212": "-", "٫": "."})
_BRACKETS = "[](){}<>\"'“”"


@dataclass(frozen=True, slots=True)
class LabelLine:
    """numbers: the eight coordinates as written, mended where that is certain; empty when there are no eight.

    text: without blanks around, mended the same way. findings: without a place. outline: of a line with more than four
    points, all of their coordinates; ``numbers`` is the smallest rotated rectangle around them then. further: what
    follows the first four points, judged on its own.
    """

    numbers: tuple[str, ...]
    text: str
    findings: tuple[Finding, ...]
    outline: tuple[float, ...] = ()
    further: Further = NONE

    @property
    def values(self) -> list[float]:
        return [float(number) for number in self.numbers]

    @property
    def mended(self) -> str:
        return ",".join((*self.numbers, self.text))


def is_heading(line: str) -> bool:
    """Whether a line names the columns of a table, ``x1,y1,x2,y2,…``, and holds no box."""
    names = [name.strip(BLANK_CHARACTERS + _BRACKETS) for name in _FIELD_MARK.split(line)]
    return len(names) >= 8 and len(set(names)) == len(names) and all(map(_HEADING.fullmatch, names[:8]))


def unquoted(line: str) -> str:
    """A line of a table whose numbers stand in quotes (``"10","20",…,"text"``) without them."""
    if not line.lstrip(BLANK_CHARACTERS).startswith('"'):
        return line
    try:
        fields = next(csv.reader([line], skipinitialspace=True))
    except (csv.Error, StopIteration):
        return line
    numbers = len(fields) >= 8 and all(re.fullmatch(NUMBER, field.strip()) for field in fields[:8])
    return ",".join(fields) if numbers else line


def is_blank(line: str) -> bool:
    return not line or _BLANKS.fullmatch(line) is not None


def tidy_text(text: str) -> str:
    """The text as a label line may hold it: one line, nothing invisible around."""
    return _CONTROLS.sub(" ", text).strip(BLANK_CHARACTERS)


def scan_label_lines(lines: Iterable[str]) -> list[LabelLine | None]:
    """Judge all lines of a file, together where one alone leaves a doubt; None for a blank one. Pure; never raises."""
    read = [None if is_blank(line) else _scan_alone(line) for line in lines]
    mostly = mostly_points(line.further for line in read if line is not None and line.numbers)
    return [line and _with_all_points(line, mostly) for line in read]


def holds_another_box(text: str) -> bool:
    """Whether the numbers of a second box stand within a text: two lines that were joined."""
    return text.count(",") >= 8 and _ANOTHER_BOX.search(text) is not None


def is_nearly_ignored(text: str) -> bool:
    """Whether a text looks as one of ``IGNORED_TEXTS`` and is none: ``##``, ``＃＃＃``, ``"###"``, ``# # #``, ``###abc``."""
    if text[0] not in IGNORING_MARKS or text in IGNORED_TEXTS:
        return False
    bare = _BLANKS.sub("", unicodedata.normalize("NFKC", text)).strip("\"'“”")
    return bare == "*" or (len(bare) > 1 and not bare.strip("#")) or bare.startswith("###")


def begins_with_points(text: str) -> bool:
    return text[:1] in _NUMERIC and bool(_NUMBERS.match(text))


def _scan_alone(line: str) -> LabelLine:
    if match := CLEAN.fullmatch(line):
        scanned = LabelLine(tuple(match[1][:-1].split(",")), match[2], ())
    else:
        scanned = _scan_broken(line)
    if scanned.numbers and begins_with_points(scanned.text):
        scanned = replace(scanned, further=further_points(scanned.values, scanned.text))
    huge = [number for number in scanned.numbers if not abs(float(number)) <= LARGEST_COORDINATE]
    if huge:
        found = finding("label.huge-coordinate", quote=line, value=huge[0][:24], limit=round(LARGEST_COORDINATE))
        return replace(scanned, findings=(*scanned.findings, found), further=NONE)
    return scanned


def _with_all_points(scanned: LabelLine, mostly: bool | None) -> LabelLine:
    """A polygon of more than four points looks like a box with a text that begins with numbers."""
    further = scanned.further
    if is_doubtful(further, mostly):
        doubt = finding("label.maybe-points", quote=scanned.mended)
        return replace(scanned, findings=(*scanned.findings, doubt))
    if not are_points(further, mostly):
        return scanned
    text = tidy_text(further.text.removeprefix("####")) or PLACEHOLDER  # CTW1500 writes ####text
    quad = four_points_of(further.points)
    numbers = tuple(f"{value:.2f}".rstrip("0").rstrip(".") for value in quad.reshape(-1).tolist())
    numbers = tuple("0" if number == "-0" else number for number in numbers)
    found = finding("label.more-points", quote=scanned.mended)
    outline = tuple(further.points.reshape(-1).tolist())
    return LabelLine(numbers, text, (*scanned.findings, found), outline, further)


@dataclass(frozen=True, slots=True)
class _Cut:
    """A line cut at its first eight separators, whatever they are; rest is None when there are fewer."""

    tokens: list[str]
    separators: list[str]
    rest: str | None

    @property
    def numbers(self) -> tuple[str, ...]:
        """The eight numbers, or nothing."""
        mended = [_mend_number(token) for token in self.tokens]
        return tuple(str(number) for number in mended) if len(mended) == 8 and None not in mended else ()


def _cut_at_marks(body: str) -> _Cut:
    """Commas and their kin and tabs separate; a plain blank does so only between the last number and the text."""
    tokens: list[str] = []
    separators: list[str] = []
    start = 0
    for match in _SEPARATOR.finditer(body):
        token = body[start : match.start()]
        if _bare(match[0]) or "\t" in match[0] or (len(tokens) == 7 and _mend_number(token) is not None):
            tokens.append(token)
            separators.append(match[0])
            start = match.end()
            if len(tokens) == 8:
                return _Cut(tokens, separators, body[start:])
    return _Cut([*tokens, body[start:]], separators, None)


def _cut_at_blanks(body: str) -> _Cut:
    parts = body.split(None, 8)
    return _Cut(parts[:8], [" "] * min(8, len(parts) - 1), parts[8] if len(parts) > 8 else None)


def _cut_pairs(body: str) -> _Cut:
    """``x1,y1 x2,y2 x3,y3 x4,y4 text``: blanks between points."""
    pairs = body.split(None, 4)
    tokens = [token for pair in pairs[:4] for token in pair.rstrip(",").split(",")]
    if len(tokens) != 8 or any(pair.count(",") not in (1, 2) for pair in pairs[:4]):
        return _Cut([], [], None)
    return _Cut(tokens, [","] + [" "] * 7, pairs[4] if len(pairs) > 4 else None)


def _has_decimal_commas(body: str) -> bool:
    """``40,5;40,5;…``: eight values, some with a comma inside; whether they are fractions or points nobody can tell."""
    for mark in (";", "；", "\t"):
        fields = [field.strip() for field in body.split(mark)[:8]]
        if len(fields) == 8 and all(map(_DECIMAL_COMMA.fullmatch, fields)):
            return any("," in field for field in fields)
    return False


def _scan_broken(line: str) -> LabelLine:
    if is_heading(line):
        return LabelLine((), "", (finding("label.heading", quote=line),))
    body = unquoted(line).strip(BLANK_CHARACTERS)
    cut = _cut_at_marks(body)
    if not cut.numbers:
        cut = _cut_at_blanks(body)
    if not cut.numbers:
        cut = _cut_pairs(body)
    if not cut.numbers or _has_decimal_commas(body):
        return LabelLine((), "", (_explain_missing_numbers(line, body),))
    text = cut.rest or ""
    mended = tidy_text(text)
    findings: list[Finding] = []
    if wrong := [separator for separator in cut.separators if _bare(separator) != ","]:
        findings.append(finding("label.separator", quote=line, separator=_name_separator(wrong[0])))
    folded = [token for token in cut.tokens if not _NUMBER.fullmatch(_bare(token))]
    if unquoted(line) != line:
        folded.insert(0, f'"{cut.tokens[0]}"')
    if folded:
        findings.append(finding("label.not-a-number", quote=line, value=folded[0][:40], fixable=True))
    spaced = any(_bare(separator) not in ("", separator) for separator in cut.separators)
    if (
        spaced
        or line.strip(BLANK_CHARACTERS) != line
        or mended != text
        or any(_bare(token) != token for token in cut.tokens)
    ):
        findings.append(finding("label.whitespace", quote=line))
    if not mended:
        findings.append(finding("label.no-text", quote=line, placeholder=PLACEHOLDER))
    return LabelLine(cut.numbers, mended or PLACEHOLDER, tuple(findings))


def _bare(text: str) -> str:
    return _BLANKS.sub("", text)


def _mend_number(token: str) -> str | None:
    """The token as an ASCII number when that takes no guess: zero-width marks, brackets and quotes dropped, digits of another
    width or script folded."""
    token = token.strip(_BRACKETS)
    if token.split() != [token]:
        return None
    folded = unicodedata.normalize("NFKC", _bare(token)).translate(_OTHER_MARKS)
    mended = "".join(str(unicodedata.decimal(mark, mark)) for mark in folded)
    return mended if _NUMBER.fullmatch(mended) else None


def _name_separator(separator: str) -> str:
    return _bare(separator) or ("Tab" if "\t" in separator else "␠")


def _explain_missing_numbers(line: str, body: str) -> Finding:
    fields = _FIELD_MARK.split(body) if _FIELD_MARK.search(body) else body.split()
    if _has_decimal_commas(body):
        return finding(
            "label.not-a-number",
            quote=line,
            value=next(field for field in re.split("[;；\t]", body) if "," in field)[:40],
        )
    leading = 0
    while leading < len(fields) and _mend_number(fields[leading]) is not None:
        leading += 1
    if len(fields) < 8 or (len(fields) == 8 and leading >= 7):
        return finding("label.too-few", quote=line, count=leading)
    return finding("label.not-a-number", quote=line, value=fields[min(leading, 7)].strip()[:40])
