"""One label line: ``x1,y1,x2,y2,x3,y3,x4,y4,text``, judged in one pure function."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

import numpy as np

from ocrweb.data.checks.finding import Finding, finding
from ocrweb.geometry.quad import smallest_rectangle

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
MORE_POINTS = re.compile(r"(?:-?[0-9]++(?:[.][0-9]++)?,){4,}(?![0-9.])")  # two points and more before the text
ONLY_POINTS = re.compile(r"-?[0-9]++(?:[.][0-9]++)?(?:,-?[0-9]++(?:[.][0-9]++)?){3,}")  # and no text
REACH = 3  # sides of the first four points' box; what lies farther away is a text of numbers
_NUMBER = re.compile(NUMBER)
_NUMERIC = tuple("-0123456789")
_MARKS = ",，、;；|"
_SEPARATOR = re.compile(rf"(?<![{BLANK}])[{BLANK}]*+[{_MARKS}][{BLANK}]*+|(?<![{BLANK}])[{BLANK}]++")
_FIELD_MARK = re.compile(rf"[{_MARKS}\t]")
_BLANKS = re.compile(rf"[{BLANK}]+")
_CONTROLS = re.compile(rf"[{CONTROL}]+")


@dataclass(frozen=True, slots=True)
class LabelLine:
    """numbers: the eight coordinates as written, mended where that is certain; empty when there are no eight.

    text: without blanks around, mended the same way. findings: without a place. outline: of a line with more than four
    points, all of their coordinates; ``numbers`` is the smallest rotated rectangle around them then.
    """

    numbers: tuple[str, ...]
    text: str
    findings: tuple[Finding, ...]
    outline: tuple[float, ...] = ()

    @property
    def values(self) -> list[float]:
        return [float(number) for number in self.numbers]

    @property
    def mended(self) -> str:
        return ",".join((*self.numbers, self.text))


def is_blank(line: str) -> bool:
    return not line or _BLANKS.fullmatch(line) is not None


def tidy_text(text: str) -> str:
    """The text as a label line may hold it: one line, nothing invisible around."""
    return _CONTROLS.sub(" ", text).strip(BLANK_CHARACTERS)


def scan_label_line(line: str) -> LabelLine:
    """Judge one line that is not blank. Pure; never raises."""
    if match := CLEAN.fullmatch(line):
        scanned = LabelLine(tuple(match[1][:-1].split(",")), match[2], ())
    else:
        scanned = _scan_broken(line)
    if scanned.text[:1] in _NUMERIC and scanned.numbers:
        scanned = _with_all_points(scanned, line)
    huge = [number for number in scanned.numbers if not abs(float(number)) <= LARGEST_COORDINATE]
    if huge:
        found = finding("label.huge-coordinate", quote=line, value=huge[0][:24], limit=round(LARGEST_COORDINATE))
        return LabelLine(scanned.numbers, scanned.text, (*scanned.findings, found))
    return scanned


def begins_with_points(text: str) -> bool:
    return text[:1] in _NUMERIC and bool(MORE_POINTS.match(text) or ONLY_POINTS.fullmatch(text))


def _with_all_points(scanned: LabelLine, line: str) -> LabelLine:
    """A polygon of more than four points looks like a box with a text that begins with numbers."""
    text = scanned.text
    found = MORE_POINTS.match(text) or ONLY_POINTS.fullmatch(text)
    if not found:
        return scanned
    extra = found[0].rstrip(",").split(",")
    if len(extra) % 2:
        extra.pop()  # the text begins with it
    rest = tidy_text(text[len(",".join(extra)) + 1 :].removeprefix("####")) or PLACEHOLDER  # CTW1500 writes ####text
    outline = (*scanned.values, *map(float, extra))
    points = np.array(outline).reshape(-1, 2)
    low, high = points[:4].min(axis=0), points[:4].max(axis=0)
    reach = REACH * max(float((high - low).max()), 1.0)
    if (
        not (np.abs(points) <= LARGEST_COORDINATE).all()
        or not ((points >= low - reach) & (points <= high + reach)).all()
    ):
        doubt = finding("label.more-points", quote=line, fixable=False)
        return replace(scanned, findings=(*scanned.findings, doubt))
    exact = smallest_rectangle(points)
    whole = np.rint(exact)
    quad = whole if abs(_area(whole)) >= 1 else exact
    numbers = tuple(f"{value:.2f}".rstrip("0").rstrip(".") for value in quad.reshape(-1).tolist())
    numbers = tuple("0" if number == "-0" else number for number in numbers)
    said = finding("label.more-points", quote=line, fixable=True)
    return LabelLine(numbers, rest, (*scanned.findings, said), outline)


def _area(quad: np.ndarray) -> float:
    x, y = quad[:, 0], quad[:, 1]
    return float(0.5 * np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


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


def _scan_broken(line: str) -> LabelLine:
    body = line.strip(BLANK_CHARACTERS)
    cut = _cut_at_marks(body)
    if not cut.numbers:
        cut = _cut_at_blanks(body)
    if not cut.numbers:
        return LabelLine((), "", (_explain_missing_numbers(line, body),))
    text = cut.rest or ""
    mended = tidy_text(text)
    findings: list[Finding] = []
    if wrong := [separator for separator in cut.separators if _bare(separator) != ","]:
        findings.append(finding("label.separator", quote=line, separator=_name_separator(wrong[0])))
    if folded := [token for token in cut.tokens if not _NUMBER.fullmatch(_bare(token))]:
        findings.append(finding("label.not-a-number", quote=line, value=folded[0][:40], fixable=True))
    spaced = any(_bare(separator) not in ("", separator) for separator in cut.separators)
    if spaced or body != line or mended != text or any(_bare(token) != token for token in cut.tokens):
        findings.append(finding("label.whitespace", quote=line))
    if not mended:
        findings.append(finding("label.no-text", quote=line, placeholder=PLACEHOLDER))
    return LabelLine(cut.numbers, mended or PLACEHOLDER, tuple(findings))


def _bare(text: str) -> str:
    return _BLANKS.sub("", text)


def _mend_number(token: str) -> str | None:
    """The token as an ASCII number when that takes no guess: zero-width marks dropped, full-width digits folded."""
    if token.split() != [token]:
        return None
    mended = unicodedata.normalize("NFKC", _bare(token)).replace("\u2212", "-")
    return mended if _NUMBER.fullmatch(mended) else None


def _name_separator(separator: str) -> str:
    return _bare(separator) or ("Tab" if "\t" in separator else "␠")


def _explain_missing_numbers(line: str, body: str) -> Finding:
    fields = _FIELD_MARK.split(body) if _FIELD_MARK.search(body) else body.split()
    leading = 0
    while leading < len(fields) and _mend_number(fields[leading]) is not None:
        leading += 1
    if len(fields) < 8 or (len(fields) == 8 and leading >= 7):
        return finding("label.too-few", quote=line, count=leading)
    return finding("label.not-a-number", quote=line, value=fields[min(leading, 7)].strip()[:40])
