"""A picture's label file and the outlines beside it, read and replaced together."""

from __future__ import annotations

import json
from pathlib import Path

from ocrweb.config.documents import parse_json
from ocrweb.data.checks.textfile import LARGEST
from ocrweb.data.labelling.drawn import LabelFiles, apart
from ocrweb.data.outlines import outlines_name
from ocrweb.disk.ordinary import read_ordinary
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import write_error, write_whole


def read_files(label: Path) -> LabelFiles:
    """What lies there now. Raises dataset.unreadable for what is there and cannot be read."""
    return LabelFiles(_read(label), _read(outlines_file(label)))


def outlines_file(label: Path) -> Path:
    return label.with_name(outlines_name(label.name))


def replace_files(label: Path, old: LabelFiles, new: LabelFiles, *, exact: bool = False) -> LabelFiles:
    """Put a state in the place of another one; what was written.

    The outlines of both states come first, then the label file, then the new outlines alone. An outline belongs to a box
    by its corners, so whoever reads in between, or after a kill, sees the old boxes with their outlines or the new ones.
    exact: these very bytes, also where a box has another outline than in the old state.
    Raises usage.disk-full, usage.not-writable.
    """
    if not exact:
        new = apart(new, old)
    both = _united(old.outlines, new.outlines)
    if both is not None and both != old.outlines:
        write_whole(outlines_file(label), both)
    if new.label is None:
        _remove(label)
    elif new.label != old.label:
        write_whole(label, new.label)
    if new.outlines is None:
        _remove(outlines_file(label))
    elif new.outlines != both:
        write_whole(outlines_file(label), new.outlines)
    return new


def _united(old: bytes | None, new: bytes | None) -> bytes | None:
    """Outlines of both; of two for one box the new one, which stands last."""
    if not old or not new or old == new:
        return new or old
    try:
        entries = [*parse_json(old), *parse_json(new)]
    except (ValueError, TypeError):
        return new
    return f"{json.dumps(entries, ensure_ascii=False)}\n".encode()


def _read(file: Path) -> bytes | None:
    try:
        return read_ordinary(file, LARGEST["label"] + 1)
    except FileNotFoundError:
        return None
    except OSError as failure:
        raise OcrwebError("dataset.unreadable", where=file.name, reason=failure.strerror) from failure


def _remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as failure:
        raise write_error(failure, file) from failure
