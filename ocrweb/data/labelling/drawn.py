"""What somebody drew on a picture → the lines of its label file; a box that nobody touched keeps its line as it was."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ocrweb.data.checks.label_file import scan_label_bytes
from ocrweb.data.checks.label_line import PLACEHOLDER, tidy_text
from ocrweb.data.checks.textfile import encoded
from ocrweb.data.formats.quads import fit_quads
from ocrweb.data.icdar import boxes_of
from ocrweb.data.icdar_write import format_label_line
from ocrweb.data.outlines import MOST_POINTS, key_of, outlines_bytes, read_outlines, usable_outline, with_outlines
from ocrweb.data.sample import LabelledBox
from ocrweb.errors import OcrwebError

MOST_BOXES = 5000
LONGEST_TEXT = 1000  # characters
STEP, MOST_STEPS = 0.2, 100  # pixels by which boxes are told apart
DIGITS = 2  # of a coordinate, as outlines are kept
# Bytes of a text whose encoding cannot be told (`decode_text`) are private letters on the page, as JSON has no room for them.
_SHOWN = {code: code - 0xDC00 + 0xF700 for code in range(0xDC80, 0xDD00)}
_KEPT = {shown: code for code, shown in _SHOWN.items()}
Key = tuple[tuple[tuple[float, float], ...], str, bool]


@dataclass(frozen=True, slots=True)
class LabelFiles:
    """The bytes that hold a picture's labels: of the label file, and of the outlines beside it; None for one not there."""

    label: bytes | None
    outlines: bytes | None = None

    @property
    def version(self) -> str:
        """32 hex digits, equal for equal bytes."""
        digest = hashlib.sha256()
        for part in (self.label, self.outlines):
            digest.update(b"-" if part is None else b"%d:" % len(part) + part)
        return digest.hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """A box as the page knows it. points: four or more, x then y, pixels of the picture as a person sees it. text: "" where
    nobody has typed what stands there; that of an ignored box is no part of a label file."""

    points: tuple[tuple[float, float], ...]
    text: str = ""
    ignored: bool = False

    @property
    def key(self) -> Key:
        return self.points, "" if self.ignored else self.text, self.ignored

    def to_dict(self) -> dict[str, Any]:
        return {"points": [list(point) for point in self.points], "text": self.text, "ignored": self.ignored}


def drawn_boxes(files: LabelFiles) -> list[DrawnBox]:
    """The boxes of a picture, however broken its other lines are, in the order of the file."""
    return [_drawn(box) for box in labelled_boxes(files)]


def labelled_boxes(files: LabelFiles) -> tuple[LabelledBox, ...]:
    """The same boxes as training sees them."""
    boxes = boxes_of(scan_label_bytes(files.label or b""))
    return with_outlines(boxes, read_outlines(files.outlines)) if files.outlines else boxes


def parse_drawn(document: Any) -> list[DrawnBox]:
    """Boxes as a client sends them. Raises labels.bad-boxes with the number of the first that is none, from 1."""
    if not isinstance(document, list) or len(document) > MOST_BOXES:
        raise OcrwebError("labels.too-many-boxes", most=MOST_BOXES)
    return [_parsed(entry, number) for number, entry in enumerate(document, 1)]


def parse_points(document: Any, number: int = 1) -> tuple[tuple[float, float], ...]:
    """Raises labels.bad-boxes for what are not four points or more."""
    if not isinstance(document, list) or not 4 <= len(document) <= MOST_POINTS or not all(map(_is_point, document)):
        raise OcrwebError("labels.bad-boxes", number=number)
    return tuple((round(float(x), DIGITS) + 0.0, round(float(y), DIGITS) + 0.0) for x, y in document)


def compose(boxes: Sequence[DrawnBox], size: tuple[int, int], known: Iterable[LabelFiles] = ()) -> LabelFiles:
    """The files that hold these boxes.

    size: (width, height) of the picture. known: states of the same picture, the one that counts most first: who holds the
    very same boxes is given back byte by byte, and a box that one of them holds keeps its line of there.
    Raises labels.bad-box for one without area or outside of the picture, labels.bad-text for one whose text would be read
    for points; nobody could read it again.
    """
    lines: dict[Key, tuple[str, LabelledBox]] = {}
    keys = [box.key for box in boxes]
    for files in known:
        scanned = scan_label_bytes(files.label or b"")
        held = labelled_boxes(files)
        drawn = [_drawn(box).key for box in held]
        if drawn == keys and files.label is not None and len(scanned.raw) == len(drawn):
            return files
        for key, line in zip(drawn, zip(scanned.raw, held, strict=True), strict=True):
            lines.setdefault(key, line)
    kept = _KEPT if any(_has_bytes(raw) for raw, _ in lines.values()) else {}
    written: list[str] = []
    labelled: list[LabelledBox] = []
    for number, box in enumerate(boxes, 1):
        raw, made = lines.get(box.key) or _fresh(box, size, number, kept)
        written.append(raw)
        labelled.append(made)
    files = _written(written, labelled)
    read = scan_label_bytes(files.label or b"")
    if len(read.texts) != len(boxes):
        raise OcrwebError("labels.bad-text", number=_first_misread(boxes, read.lines))
    fresh = [number for number, box in enumerate(boxes, 1) if box.key not in lines]
    for found in read.findings:
        if found.line in fresh and found.rule == "label.more-points":
            raise OcrwebError("labels.bad-text", number=found.line)
    return apart(files, LabelFiles(None))


def apart(new: LabelFiles, old: LabelFiles) -> LabelFiles:
    """The new state, with no outline whose box another box of it has too, or has with another outline in the old state.

    An outline is found by its box: with one box and two outlines nobody could tell which of both counts, be it for an
    instant between two writes. Such a box is moved by fifths of a pixel.
    """
    if not new.outlines:
        return new
    before = read_outlines(old.outlines) if old.outlines else {}
    boxes = list(labelled_boxes(new))
    lines = list(scan_label_bytes(new.label or b"").raw)
    taken = {key_of(box.points) for box in boxes if box.polygon is None}
    moved = False
    for index, box in enumerate(boxes):
        if box.polygon is None:
            continue
        kept = box
        while (key := key_of(box.points)) in taken or not _same_outline(before.get(key), kept.polygon):
            step = STEP if kept.points[:, 0].min() < MOST_STEPS * STEP else -STEP
            box = replace(box, points=box.points + np.array([step, 0], np.float32))
            lines[index], boxes[index], moved = format_label_line(box), box, True
        taken.add(key)
    return _written(lines, boxes) if moved else new


def _same_outline(before: np.ndarray | None, now: np.ndarray | None) -> bool:
    return before is None or now is None or np.array_equal(before, now)


def _written(lines: Iterable[str], boxes: Iterable[LabelledBox]) -> LabelFiles:
    return LabelFiles(encoded(lines), outlines_bytes(boxes))


def _first_misread(boxes: Sequence[DrawnBox], lines: Sequence[int]) -> int:
    return next((number for number in range(1, len(boxes) + 1) if number not in lines), 1)


def _drawn(box: LabelledBox) -> DrawnBox:
    points = tuple((round(float(x), DIGITS) + 0.0, round(float(y), DIGITS) + 0.0) for x, y in box.outline)
    text = "" if box.ignore or box.text == PLACEHOLDER else box.text.translate(_SHOWN)
    return DrawnBox(points, text, box.ignore)


def _fresh(box: DrawnBox, size: tuple[int, int], number: int, kept: Mapping[int, int]) -> tuple[str, LabelledBox]:
    points = np.array(box.points, np.float64)
    outline = None
    if len(points) > 4:
        outline = usable_outline(np.round(np.clip(points, 0, size), DIGITS))
        distinct = len(set(box.points))
        if outline is None and distinct > 4:
            raise OcrwebError("labels.bad-box", number=number)
    fitted = fit_quads([points if outline is None else outline], size)[0]
    if fitted.quad is None:
        raise OcrwebError("labels.bad-box", number=number)
    made = LabelledBox(fitted.quad, "" if box.ignored else tidy_text(box.text).translate(kept), box.ignored, outline)
    return format_label_line(made), made


def _parsed(entry: Any, number: int) -> DrawnBox:
    if not isinstance(entry, dict):
        raise OcrwebError("labels.bad-boxes", number=number)
    points = parse_points(entry.get("points"), number)
    text, ignored = entry.get("text", ""), entry.get("ignored", False)
    if not isinstance(ignored, bool) or not isinstance(text, str) or len(text) > LONGEST_TEXT or not _is_unicode(text):
        raise OcrwebError("labels.bad-boxes", number=number)
    return DrawnBox(points, "" if tidy_text(text) == PLACEHOLDER else tidy_text(text), ignored)


def _is_point(point: Any) -> bool:
    return isinstance(point, list) and len(point) == 2 and all(map(_is_coordinate, point))


def _is_coordinate(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and abs(value) <= 1e6


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _has_bytes(line: str) -> bool:
    return not line.isascii() and not _is_unicode(line)
