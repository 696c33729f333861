"""One whole label file: its lines, then its boxes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from ocrweb.data.checks import label_box as box
from ocrweb.data.checks.dialect import dialect_of
from ocrweb.data.checks.finding import Finding, finding, make_visible
from ocrweb.data.checks.label_line import (
    IGNORED_TEXTS,
    IGNORING_MARKS,
    LARGEST_COORDINATE,
    PLAIN,
    begins_with_points,
    holds_another_box,
    is_nearly_ignored,
    scan_label_lines,
)
from ocrweb.data.checks.label_order import RARELY, OtherOrder, other_order
from ocrweb.data.checks.textfile import decode_text
from ocrweb.disk.likely import Usual, untold
from ocrweb.imaging.content import identify

PAGES = ("HTML", "XML", "SVG", "Git LFS pointer")
_BLANKS = b"\xef\xbb\xbf \t\r\n"
DATASETS = {"scripts": "ICDAR MLT", "difficulty": "RCTW"}
FINGERPRINT = np.array([1, 3.1, 7.7, 13.3, 29.9, 53.1, 101.3, 197.9])  # equal boxes have equal products


@dataclass(frozen=True, slots=True)
class ScannedLabels:
    """The boxes that can be calculated with, and everything wrong with the file.

    quads: (N, 4, 2) float64 in the order of the file. texts, lines: N each; lines count from 1.
    raw: the N lines as written. findings: with a line, without a file. outlines: N, (P, 2) of a line with more than four
    points, else None.
    """

    quads: np.ndarray
    texts: tuple[str, ...]
    lines: tuple[int, ...]
    raw: tuple[str, ...]
    findings: tuple[Finding, ...]
    outlines: tuple[np.ndarray | None, ...] = ()

    @property
    def ignored(self) -> np.ndarray:
        """(N,) bool"""
        return np.array([text in IGNORED_TEXTS for text in self.texts], dtype=bool)


def scan_label_bytes(data: bytes, usual: Usual = untold) -> ScannedLabels:
    """Judge the content of a label file. usual: of `decode_text`. Never raises."""
    decoded = decode_text(data, "label", usual)
    lines = decoded.lines or []
    rows = _scan_plain(lines) or _scan_lines(lines)
    quads = np.array(rows.values, dtype=np.float64).reshape(-1, 4, 2)
    plain = box.is_plain(quads)
    if (other := _other_order(rows, quads, plain)) is not None:
        nothing = np.zeros((0, 4, 2))
        found = finding(other.rule, quote=rows.raw[0], example=make_visible(other.lines[0][:80]))
        return ScannedLabels(nothing, (), (), (), (*decoded.findings, found))
    findings = [*decoded.findings, *rows.findings]
    if (kind := _other_content(data, rows)) is not None:
        findings = [found for found in findings if found.rule not in ("label.too-few", "label.not-a-number")]
        findings.append(finding("label.other-content", quote=lines[0], format=kind))
    outlines = tuple(rows.outlines.get(line) for line in rows.lines)
    if decoded.lines is not None and not rows.texts and not any(found.severity == "error" for found in findings):
        findings.append(finding("label.empty-file"))
    if box.are_shares(quads):
        findings.append(finding("label.shares", quote=rows.raw[0]))
    else:
        findings.extend(check_boxes(quads, plain, rows))
    findings.extend(check_texts(rows))
    if (dialect := dialect_of(rows.texts)) != "plain":
        field = rows.texts[0].partition(",")[0]
        findings.append(
            finding("label.other-field", quote=rows.raw[0], field=make_visible(field), dialect=DATASETS[dialect])
        )
    findings.sort(key=lambda found: found.line or 0)
    return ScannedLabels(quads, tuple(rows.texts), tuple(rows.lines), tuple(rows.raw), tuple(findings), outlines)


def _other_content(data: bytes, rows: _Rows) -> str | None:
    """What the file is instead, where no line holds a box."""
    if rows.texts or not rows.findings:
        return None
    kind = identify(data)
    start, end = data.lstrip(_BLANKS)[:1], data.rstrip(_BLANKS)[-1:]
    return kind if kind in PAGES else "JSON" if (start, end) in ((b"{", b"}"), (b"[", b"]")) else None


def _other_order(rows: _Rows, quads: np.ndarray, plain: np.ndarray) -> OtherOrder | None:
    """Nearly every file is told by its boxes already, without its lines being cut once more."""
    if not rows.outlines and len(quads) and (plain.mean() > RARELY or box.is_read_well(quads).mean() > RARELY):
        return None
    return other_order(rows.raw)


@dataclass(slots=True)
class _Rows:
    """Lines that hold a box: eight values each, text, number and raw line; and what is wrong with any line. outlines: by line."""

    values: list[float] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    outlines: dict[int, np.ndarray] = field(default_factory=dict)


def _scan_plain(lines: list[str]) -> _Rows | None:
    """The fast way for a file without one broken line, which is what nearly every file is; None for the others."""
    matches = [PLAIN.fullmatch(line) for line in lines]
    if not lines or None in matches or any(begins_with_points(match[2]) for match in matches if match):
        return None
    values = list(map(float, ",".join([match[1] for match in matches if match]).split(",")))
    if max(values) > LARGEST_COORDINATE or min(values) < -LARGEST_COORDINATE:
        return None
    return _Rows(values, [match[2] for match in matches if match], list(range(1, len(lines) + 1)), lines)


def _scan_lines(lines: list[str]) -> _Rows:
    rows = _Rows()
    for number, (line, scanned) in enumerate(zip(lines, scan_label_lines(lines), strict=True), start=1):
        if scanned is None:
            rows.findings.append(finding("label.empty-line").at("", number))
            continue
        rows.findings.extend(found.at("", number) for found in scanned.findings)
        values = scanned.values
        if values and max(map(abs, values)) <= LARGEST_COORDINATE:
            rows.values.extend(values)
            rows.texts.append(scanned.text)
            rows.lines.append(number)
            rows.raw.append(line)
            if scanned.outline:
                rows.outlines[number] = np.array(scanned.outline).reshape(-1, 2)
    return rows


def check_texts(rows: _Rows) -> Iterator[Finding]:
    """Texts that say nothing of the box, and should."""
    for i in [i for i, text in enumerate(rows.texts) if "," in text or text[0] in IGNORING_MARKS]:
        text, line, raw = rows.texts[i], rows.lines[i], rows.raw[i]
        if holds_another_box(text):
            yield finding("label.joined-lines", quote=raw).at("", line)
        elif is_nearly_ignored(text):
            yield finding("label.nearly-ignored", quote=raw, text=make_visible(text[:40])).at("", line)


def check_boxes(quads: np.ndarray, plain: np.ndarray, rows: _Rows) -> list[Finding]:
    """Rules that need all four corners: area, crossing sides, order of the points, repetition.

    plain: (N,) bool, the boxes none of them can apply to, but for the last.
    """
    doubtful = np.flatnonzero(~plain)
    findings = _check_shapes(quads, rows, doubtful) if len(doubtful) else []
    if len(set((quads.reshape(-1, 8) @ FINGERPRINT).tolist())) < len(quads):
        findings.extend(_check_repeats(quads, rows))
    return findings


def _check_shapes(quads: np.ndarray, rows: _Rows, doubtful: np.ndarray) -> list[Finding]:
    """doubtful: (M,) int, the boxes to look at."""
    some = quads[doubtful]
    crossing, flat = box.is_crossing(some), box.is_degenerate(some)
    turned = (box.is_counter_clockwise(some) | box.starts_oddly(some)) & ~crossing & ~flat
    findings = []
    for rule, broken in (("label.self-crossing", crossing), ("label.degenerate", flat), ("label.orientation", turned)):
        for i in doubtful[broken]:
            findings.append(finding(rule, quote=rows.raw[i]).at("", rows.lines[i]))
    return findings


def _check_repeats(quads: np.ndarray, rows: _Rows) -> Iterator[Finding]:
    flat = box.is_degenerate(quads)
    for i, earlier in enumerate(box.repeats(quads)):
        if earlier >= 0 and not flat[i]:
            same = (rows.texts[i] in IGNORED_TEXTS) == (rows.texts[earlier] in IGNORED_TEXTS)
            found = finding("label.duplicate-box", quote=rows.raw[i], first=rows.lines[earlier], fixable=same)
            yield found.at("", rows.lines[i])


def check_in_picture(labels: ScannedLabels, size: tuple[int, int] | None) -> list[Finding]:
    """Boxes that stick out of the picture by more than a pixel (warning) or lie outside of it (error).

    size: (width, height) in pixels; None when the picture was not looked at.
    """
    if not len(labels.quads):
        return []
    whole = _check_whole_page(labels, size) if size else []
    if _all_inside(labels.quads, size):
        return whole
    if size and box.swapped(labels.quads, size):
        return [finding("label.swapped", quote=labels.raw[0], width=size[0], height=size[1])]
    out, outside = box.overhang(labels.quads, size)
    cut = size is not None and box.fits(labels.quads, size)
    findings = [*whole]
    for i in np.flatnonzero((out > box.MARGIN) | outside):
        width, height = size if size else ("?", "?")
        found = finding(
            "label.out-of-picture",
            quote=labels.raw[i],
            severity="error" if outside[i] else "warning",
            fixable=cut,
            pixels=round(float(out[i])),
            width=width,
            height=height,
        )
        findings.append(found.at("", labels.lines[i]))
    return findings


def _check_whole_page(labels: ScannedLabels, size: tuple[int, int]) -> list[Finding]:
    whole, count = np.flatnonzero(box.is_whole_page(labels.quads, size)), len(labels.quads)
    found = (
        finding("label.whole-page", quote=labels.raw[i], count=count - len(whole)).at("", labels.lines[i])
        for i in whole
    )
    return list(found)


def swapped(labels: ScannedLabels, size: tuple[int, int] | None) -> bool | None:
    """As `label_box.swapped`, cheap for a file whose boxes are in order."""
    turned = any(found.rule == "label.orientation" for found in labels.findings)
    return turned and box.swapped(labels.quads, size)


def _all_inside(quads: np.ndarray, size: tuple[int, int] | None) -> bool:
    if quads.min() < 0:
        return False
    return size is None or bool(quads[..., 0].max() <= size[0] and quads[..., 1].max() <= size[1])
