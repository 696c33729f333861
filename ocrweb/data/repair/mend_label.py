"""Mend one label file: notation first, then the boxes. Never makes a box, never moves one except to the picture's edge."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from ocrweb.data.checks import label_box as box
from ocrweb.data.checks.label_file import check_in_picture, scan_label_bytes
from ocrweb.data.checks.label_line import IGNORED_TEXTS, LabelLine, is_heading, scan_label_lines
from ocrweb.data.checks.label_order import other_order
from ocrweb.data.checks.textfile import decode_text, encoded
from ocrweb.data.outlines import Key, key_of, outlines_bytes, usable_outline
from ocrweb.data.repair.change import LineEdit
from ocrweb.data.sample import LabelledBox
from ocrweb.disk.likely import Usual, untold

PASSES = 6


@dataclass(frozen=True, slots=True)
class MendedText:
    """The new content of a text file. rules: what was mended about the file as a whole. outlines: what then stands beside a
    label file of outlines with more than four points, None for nothing."""

    content: bytes
    edits: tuple[LineEdit, ...]
    rules: tuple[str, ...]
    outlines: bytes | None = None


@dataclass(slots=True)
class _Line:
    number: int
    before: str
    after: str | None
    quad: np.ndarray | None = None
    text: str = ""
    outline: np.ndarray | None = None

    @property
    def ignored(self) -> bool:
        return self.text in IGNORED_TEXTS


def mend_labels(
    data: bytes,
    size: tuple[int, int] | None,
    outlines: Mapping[Key, np.ndarray] = MappingProxyType({}),
    others_swapped: Callable[[], bool] = lambda: False,
    usual: Usual = untold,
) -> MendedText | None:
    """The mended file, or None when nothing can or need be mended.

    size: (width, height) of the picture, None when unknown: then no box is cut at its edge. outlines: those beside the
    file. others_swapped: whether x and y are swapped in other files of the dataset, asked where they may be in this one; its
    boxes are then left as they are. usual: of `decode_text`. Mending twice changes nothing.
    """
    decoded = decode_text(data, "label", usual)
    if decoded.lines is None:
        return None
    other = other_order(decoded.lines)
    scanned = scan_label_lines(other.lines if other else decoded.lines)
    lines = [
        _mend_notation(number, line, read, outlines)
        for number, (line, read) in enumerate(zip(decoded.lines, scanned, strict=True), start=1)
    ]
    shares = box.are_shares(_quads(lines))
    if shares and size:
        _to_pixels(lines, size)
    quads = _quads(lines)
    edge = size if size and box.fits(quads, size) else None
    if not shares or size:
        swapped = box.swapped(quads, size)
        if not (others_swapped() if swapped is None else swapped):
            _mend_boxes(lines, edge)
        _drop_repeats(lines)
        if other is None:
            _keep_reading(lines)
    content = encoded(line.after for line in lines if line.after is not None)
    of_file = tuple(found.rule for found in decoded.findings if found.fixable)
    if content == data or (not of_file and all(line.after == line.before for line in lines)):
        return None
    if not decoded.encoding and (again := mend_labels(content, size, outlines, others_swapped, usual)):
        content, of_file = again.content, again.rules  # with lines gone, the encoding of the others can be told
    rules = _rules_by_line(data, size, usual)
    of_line = ("label.shares" if shares else other.rule if other else "label.duplicate-box",)
    edits = tuple(
        LineEdit(line.number, line.before, line.after, rules.get(line.number, of_line))
        for line in lines
        if line.after != line.before
    )
    of_file += ("label.shares",) * bool(shares and size)
    of_file += (other.rule,) if other else ()
    return MendedText(content, edits, of_file, outlines_bytes(_with_outline(lines, edge)))


def _quads(lines: list[_Line]) -> np.ndarray:
    """(N, 4, 2)"""
    return np.array([line.quad[0] for line in lines if line.quad is not None]).reshape(-1, 4, 2)


def _with_outline(lines: list[_Line], size: tuple[int, int] | None) -> Iterator[LabelledBox]:
    """What is left of the boxes that have an outline, cut at the picture's edge as they are."""
    for line in lines:
        if line.outline is None or line.quad is None or line.after is None:
            continue
        inside = np.clip(line.outline, 0, size) if size else line.outline
        if (outline := usable_outline(inside)) is not None:
            yield LabelledBox(line.quad[0].astype(np.float32), line.text, line.ignored, outline)


def _mend_notation(number: int, line: str, scanned: LabelLine | None, outlines: Mapping[Key, np.ndarray]) -> _Line:
    if scanned is None:
        return _Line(number, line, None)
    if not scanned.numbers:
        return _Line(number, line, None if is_heading(line) else line)
    quad = np.array(scanned.values, dtype=np.float64).reshape(1, 4, 2)
    if not box.is_usable(quad)[0]:
        return _Line(number, line, scanned.mended, None, scanned.text)
    own = usable_outline(np.array(scanned.outline)) if scanned.outline else outlines.get(key_of(quad[0]))
    return _Line(number, line, scanned.mended, quad, scanned.text, own)


def _to_pixels(lines: list[_Line], size: tuple[int, int]) -> None:
    """Shares of the picture's sides become pixels."""
    for line in lines:
        if line.quad is not None and line.after is not None:
            line.quad = np.round(line.quad * np.array(size), 2)
            line.after = _with_corners(line.after, line.quad)
        if line.outline is not None:
            line.outline = line.outline * np.array(size)


def _with_corners(after: str, quad: np.ndarray) -> str:
    return ",".join([*(_short(value) for value in quad.reshape(-1)), after.split(",", 8)[8]])


def _mend_boxes(lines: list[_Line], size: tuple[int, int] | None) -> None:
    known = [line for line in lines if line.quad is not None]
    if not known:
        return
    quads = np.concatenate([line.quad for line in known if line.quad is not None])
    flagged = box.is_crossing(quads) | box.is_degenerate(quads) | box.is_counter_clockwise(quads)
    flagged |= box.starts_oddly(quads) | _sticks_out(quads, size)
    for i in np.flatnonzero(flagged):
        line = known[i]
        mended = _mend_quad(quads[i : i + 1], size)
        line.quad = mended
        if mended is None:
            line.after = None
        elif not np.array_equal(mended[0], quads[i]) and line.after is not None:
            line.after = _with_corners(line.after, mended)


def _mend_quad(quad: np.ndarray, size: tuple[int, int] | None) -> np.ndarray | None:
    """The box in good order, None when no area is left. quad: (1, 4, 2)."""
    for _ in range(PASSES):
        if box.is_crossing(quad)[0]:
            quad = box.untangle(quad)
        elif box.is_degenerate(quad)[0]:
            return None
        elif box.is_counter_clockwise(quad)[0]:
            quad = box.clockwise(quad)
        elif box.starts_oddly(quad)[0]:
            quad = box.start_at_top_left(quad)
        elif size and _sticks_out(quad, size)[0]:
            quad = np.clip(quad, 0.0, np.array(size, dtype=float))
        else:
            break
    return quad


def _sticks_out(quads: np.ndarray, size: tuple[int, int] | None) -> np.ndarray:
    """(N,) bool: partly outside of a picture of known size; boxes outside altogether are left to a human."""
    if size is None:
        return np.zeros(len(quads), dtype=bool)
    out, outside = box.overhang(quads, size)
    return (out > box.MARGIN) & ~outside


def _drop_repeats(lines: list[_Line]) -> None:
    known = [line for line in lines if line.quad is not None]
    if len(known) < 2:
        return
    earlier = box.repeats(np.concatenate([line.quad for line in known if line.quad is not None]))
    for i in np.flatnonzero(earlier >= 0):
        if known[i].ignored == known[earlier[i]].ignored:
            known[i].after = None


def _keep_reading(lines: list[_Line]) -> None:
    """Numbers put in order may by chance be read in another order, all lines together: boxes that were changed then start at
    another corner."""
    for line in lines:
        for _ in range(3):
            if line.quad is None or line.after in (None, line.before):
                break
            if other_order([other.after for other in lines if other.after is not None]) is None:
                return
            line.quad = np.roll(line.quad, -1, axis=1)
            if line.after is not None and not box.starts_oddly(line.quad)[0]:
                line.after = _with_corners(line.after, line.quad)


def _rules_by_line(data: bytes, size: tuple[int, int] | None, usual: Usual) -> dict[int, tuple[str, ...]]:
    scanned = scan_label_bytes(data, usual)
    rules: dict[int, list[str]] = {}
    for found in (*scanned.findings, *check_in_picture(scanned, size)):
        if found.line:
            rules.setdefault(found.line, []).append(found.rule)
    return {line: tuple(names) for line, names in rules.items()}


def _short(value: float) -> str:
    return np.format_float_positional(np.float32(value), trim="-")
