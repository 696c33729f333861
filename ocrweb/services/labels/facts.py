"""What a list of pictures tells of each: size, boxes, what is wrong with its labels; read again only when a file changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from ocrweb.data.checks.label_file import check_in_picture, scan_label_bytes
from ocrweb.data.checks.textfile import LARGEST
from ocrweb.data.labelling.files import outlines_file, read_files
from ocrweb.data.labelling.place import record_name
from ocrweb.data.labelling.record import PictureRecord, record_from
from ocrweb.disk.ordinary import read_ordinary
from ocrweb.errors import OcrwebError
from ocrweb.imaging.sniff import read_header
from ocrweb.services.files.recent import Recent
from ocrweb.services.labels.entries import LabelPlace

REMEMBERED = 50_000
NOTHING = PictureRecord()  # is known of a picture that nobody has touched
NO_FAULT = frozenset({"label.empty-file"})  # a page without text is labelled like that
Result = TypeVar("Result")

_known: Recent[tuple[str, Path], tuple[Hashable, Any]] = Recent(REMEMBERED)


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """boxes, ignored: how many. findings: rules that the labels break, each once."""

    boxes: int = 0
    ignored: int = 0
    findings: tuple[str, ...] = ()


def picture_size(place: LabelPlace) -> tuple[int, int] | None:
    """(width, height) as a person sees it, from the header alone; None for what is no picture."""

    def read() -> tuple[int, int] | None:
        try:
            return read_header(place.image, name=place.picture).upright_size
        except OcrwebError:
            return None

    return _remembered("size", place.image, None, read)


def label_facts(place: LabelPlace, size: tuple[int, int] | None) -> LabelFacts:
    """size: of the picture, as `picture_size` tells it."""

    def read() -> LabelFacts:
        try:
            labels = scan_label_bytes(read_ordinary(place.label, LARGEST["label"] + 1))
        except FileNotFoundError:
            return LabelFacts()
        except OSError:
            return LabelFacts(findings=("label.unreadable",))
        rules = {found.rule for found in (*labels.findings, *check_in_picture(labels, size))} - NO_FAULT
        return LabelFacts(len(labels.texts), int(labels.ignored.sum()), tuple(sorted(rules)))

    return _remembered("labels", place.label, size, read)


def label_version(place: LabelPlace) -> str:
    """The version of the picture's labels, as `LabelFiles` tells it; "" where they cannot be read."""
    beside = _state(outlines_file(place.label))

    def read() -> str:
        try:
            return read_files(place.label).version
        except OcrwebError:
            return ""

    return _remembered("version", place.label, beside, read)


def known_record(root: Path, picture: str) -> PictureRecord:
    """As `read_picture_record`; not to be changed and written again: another process may have written meanwhile."""
    file = root / record_name(picture)

    def read() -> PictureRecord:
        try:
            return record_from(read_ordinary(file))
        except OSError:
            return NOTHING

    return _remembered("record", file, None, read, NOTHING)


def _remembered(
    kind: str, file: Path, more: Hashable, read: Callable[[], Result], missing: Result | None = None
) -> Result:
    """What was read of a file as it is now. more: what else the answer depends on. missing: the answer where there is none,
    which is found without opening it."""
    state = _state(file)
    if state is None:
        return read() if missing is None else missing
    key, now = (kind, file), (state, more)
    known = _known.get(key)
    if known is None or known[0] != now:
        known = _known.put(key, (now, read()))
    return known[1]


def _state(file: Path) -> tuple[int, int, int] | None:
    try:
        state = os.stat(file)
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size, state.st_ino
