"""One whole label file: its lines, then its boxes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocrweb.data.checks import label_box as box
from ocrweb.data.checks.finding import Finding, finding
from ocrweb.data.checks.label_line import CLEAN, IGNORED_TEXTS, LARGEST_COORDINATE, is_blank, scan_label_line
from ocrweb.data.checks.textfile import decode_text

MARGIN = 1.0


@dataclass(frozen=True, slots=True)
class ScannedLabels:
    """The boxes that can be calculated with, and everything wrong with the file.

    quads: (N, 4, 2) float64 in the order of the file. texts, lines: N each; lines count from 1.
    raw: the N lines as written. findings: with a line, without a file.
    """

    quads: np.ndarray
    texts: tuple[str, ...]
    lines: tuple[int, ...]
    raw: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def ignored(self) -> np.ndarray:
        """(N,) bool"""
        return np.array([text in IGNORED_TEXTS for text in self.texts], dtype=bool)


def scan_label_bytes(data: bytes) -> ScannedLabels:
    """Judge the content of a label file. Pure; never raises."""
    decoded = decode_text(data, "label")
    findings = list(decoded.findings)
    values: list[float] = []
    texts: list[str] = []
    numbers: list[int] = []
    raw: list[str] = []
    for number, line in enumerate(decoded.lines or (), start=1):
        match = CLEAN.fullmatch(line)
        if match:
            coordinates = [float(part) for part in match[1][:-1].split(",")]
            text = match[2]
        if not match or max(coordinates) > LARGEST_COORDINATE or min(coordinates) < -LARGEST_COORDINATE:
            if is_blank(line):
                findings.append(finding("label.empty-line").at("", number))
                continue
            scanned = scan_label_line(line)
            findings.extend(found.at("", number) for found in scanned.findings)
            coordinates, text = scanned.values, scanned.text
            if not coordinates or not max(map(abs, coordinates)) <= LARGEST_COORDINATE:
                continue
        values.extend(coordinates)
        texts.append(text)
        numbers.append(number)
        raw.append(line)
    quads = np.array(values, dtype=np.float64).reshape(-1, 4, 2)
    if decoded.lines is not None and not texts and not any(found.severity == "error" for found in findings):
        findings.append(finding("label.empty-file"))
    findings.extend(check_boxes(quads, numbers, raw, texts))
    findings.sort(key=lambda found: found.line or 0)
    return ScannedLabels(quads, tuple(texts), tuple(numbers), tuple(raw), tuple(findings))


def check_boxes(quads: np.ndarray, lines: list[int], raw: list[str], texts: list[str]) -> list[Finding]:
    """Rules that need all four corners: area, crossing sides, order of the points, repetition."""
    if not len(quads):
        return []
    findings: list[Finding] = []
    crossing = box.is_crossing(quads)
    flat = box.is_degenerate(quads)
    turned = box.is_counter_clockwise(quads) & ~crossing & ~flat
    odd = box.starts_oddly(quads) & ~crossing & ~flat
    for i in np.flatnonzero(crossing):
        findings.append(finding("label.self-crossing", quote=raw[i]).at("", lines[i]))
    for i in np.flatnonzero(flat):
        findings.append(finding("label.degenerate", quote=raw[i]).at("", lines[i]))
    for i in np.flatnonzero(turned | odd):
        findings.append(finding("label.orientation", quote=raw[i]).at("", lines[i]))
    if len({quad.tobytes() for quad in quads}) < len(quads):
        for i, earlier in enumerate(box.repeats(quads)):
            if earlier >= 0 and not flat[i]:
                same = (texts[i] in IGNORED_TEXTS) == (texts[earlier] in IGNORED_TEXTS)
                found = finding("label.duplicate-box", quote=raw[i], first=lines[earlier], fixable=same)
                findings.append(found.at("", lines[i]))
    return findings


def check_in_picture(labels: ScannedLabels, size: tuple[int, int] | None) -> list[Finding]:
    """Boxes that stick out of the picture by more than a pixel (warning) or lie outside of it (error).

    size: (width, height) in pixels; None when the picture was not looked at.
    """
    if not len(labels.quads):
        return []
    out, outside = box.overhang(labels.quads, size)
    findings = []
    for i in np.flatnonzero((out > MARGIN) | outside):
        width, height = size if size else ("?", "?")
        found = finding(
            "label.out-of-picture",
            quote=labels.raw[i],
            severity="error" if outside[i] else "warning",
            fixable=not outside[i] and size is not None,
            pixels=round(float(out[i])),
            width=width,
            height=height,
        )
        findings.append(found.at("", labels.lines[i]))
    return findings
