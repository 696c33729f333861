"""What is known of a picture's labels besides themselves: how far somebody has looked, tags, the original, what was done."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from ocrweb.config.documents import is_number, parse_json
from ocrweb.data.labelling.kept import KeptLabels, kept_from
from ocrweb.data.labelling.place import labelling_folder, record_name
from ocrweb.data.labelling.state import STATES, PictureState
from ocrweb.data.sample import Sample
from ocrweb.disk.ordinary import read_ordinary
from ocrweb.imaging.encode import write_whole

Deed = Literal["saved", "restored", "state", "version", "proposed"]
DEEDS: tuple[Deed, ...] = get_args(Deed)
MOST_DEEDS = 1000
Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Done:
    """at: seconds since 1970. what: which deed. boxes: that there were afterwards. state: that was set, "" for none."""

    at: float
    what: Deed
    boxes: int
    state: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {"at": self.at, "what": self.what, "boxes": self.boxes, "state": self.state}


@dataclass(frozen=True, slots=True)
class PictureRecord:
    """state: None where nobody has set one. original: the labels as they came, None while nobody has changed them.
    history: what was done, the newest last. texts: of boxes that are ignored now, by their corners, x then y: a label file has
    no room for them."""

    state: PictureState | None = None
    tags: tuple[str, ...] = ()
    original: KeptLabels | None = None
    history: tuple[Done, ...] = ()
    texts: tuple[tuple[Points, str], ...] = ()

    def done(self, at: float, what: Deed, boxes: int, state: str = "") -> PictureRecord:
        history = (*self.history, Done(round(at, 3), what, boxes, state))
        return replace(self, history=history[-MOST_DEEDS:])


def read_picture_record(root: Path, picture: str) -> PictureRecord:
    """An empty one when there is none, or it is damaged: the labels themselves count."""
    try:
        return record_from(read_ordinary(root / record_name(picture)))
    except OSError:
        return PictureRecord()


def without_aside(root: Path, samples: Sequence[Sample]) -> list[Sample]:
    """The samples of a dataset whose pictures nobody has set aside. Names that lie elsewhere count as not set aside."""
    if not (labelling_folder(root) / "pictures").is_dir():
        return list(samples)
    return [sample for sample in samples if not _is_aside(root, sample.image)]


def _is_aside(root: Path, image: Path) -> bool:
    return image.is_relative_to(root) and (
        read_picture_record(root, image.relative_to(root).as_posix()).state == "aside"
    )


def record_from(content: bytes) -> PictureRecord:
    try:
        document = parse_json(content)
    except ValueError:
        return PictureRecord()
    if not isinstance(document, dict):
        return PictureRecord()
    state, tags, history = document.get("state"), document.get("tags"), document.get("history")
    return PictureRecord(
        state if state in STATES else None,
        tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        kept_from(document.get("original")),
        tuple(filter(None, map(_done, history))) if isinstance(history, list) else (),
        _texts(document.get("texts")),
    )


def write_picture_record(root: Path, picture: str, record: PictureRecord) -> None:
    """Replace the record as a whole. Raises usage.not-writable or usage.disk-full."""
    document = {
        "schema": 1,
        "state": record.state,
        "tags": list(record.tags),
        "original": record.original and record.original.to_list(),
        "history": [entry.to_dict() for entry in record.history],
        "texts": record.texts,
    }
    write_whole(root / record_name(picture), json.dumps(document, ensure_ascii=False).encode())


def _texts(entries: Any) -> tuple[tuple[Points, str], ...]:
    """None of them when one is damaged."""
    try:
        return tuple((tuple((float(x), float(y)) for x, y in points), str(text)) for points, text in entries or ())
    except (TypeError, ValueError):
        return ()


def _done(entry: Any) -> Done | None:
    if not isinstance(entry, dict) or not (is_number(entry.get("at")) and is_number(entry.get("boxes"))):
        return None
    what, state = entry.get("what"), entry.get("state", "")
    if what not in DEEDS or not isinstance(state, str):
        return None
    return Done(float(entry["at"]), what, int(entry["boxes"]), state)
