"""PPOCRLabel and PaddleOCR: ``Label.txt``, a line a picture: its path, a tab, a JSON list of boxes."""

from __future__ import annotations

import posixpath
import re
from typing import Any

from ocrweb.config.documents import parse_json
from ocrweb.data.formats.annotated import (
    MAYBE_SIZE,
    Items,
    LabelledPicture,
    Shape,
    Trouble,
    points_of,
    split_in,
    state_in,
    text_in,
)
from ocrweb.data.formats.label_txt import records_in
from ocrweb.data.formats.marks import mark_of
from ocrweb.data.formats.result_json import read_result
from ocrweb.data.formats.tree import SourceTree, lines_of

STATES_FILE = "ocrweb_states.json"  # beside the labels of an export; PPOCRLabel leaves it alone
CONFIRMED_FILE = "fileState.txt"
SIDE_FILES = (
    STATES_FILE,
    "cache.cach",
    "filestate.txt",
    "rec_gt.txt",
)  # written by PPOCRLabel beside it; none holds checked boxes


def read_ppocrlabel(tree: SourceTree, file: str) -> Items:
    """The pictures of one file. A box that is marked difficult, or whose text is ``###`` or ``*``, is ignored."""
    try:
        text = tree.text(file)
    except ValueError as failure:
        yield Trouble("broken", file, str(failure))
        return
    if (document := _whole(text)) is not None:
        yield from read_result(document, file)
        return
    lines = lines_of(text)
    folder = posixpath.dirname(file)
    states = _states(tree, folder)
    read = [(f"{file}:{number}", _read(line)) for number, line in enumerate(lines, start=1) if line.strip()]
    sizes = _are_sizes(
        [shape for _, records in read for record in records if isinstance(record, tuple) for shape in record[1]]
    )
    for where, records in read:
        for record in records:
            if isinstance(record, str):
                yield Trouble("broken", where, record)
                continue
            names, shapes = record
            kept = tuple(shape for shape in shapes if shape is not None and not (sizes and len(shape.points) == 2))
            bad = (MAYBE_SIZE if sizes else "points",) * (len(shapes) - len(kept))
            for name in names:
                split, state = split_in(file) or split_in(name), state_in(states.get(posixpath.basename(name)))
                yield LabelledPicture((name,), kept, where, folder, bad=bad, split=split, state=state)


def _whole(text: str) -> Any:
    """The document of a file that is JSON as a whole, None for lines."""
    if text.lstrip()[:1] not in ("[", "{"):
        return None
    try:
        return parse_json(text)
    except ValueError:
        return None


def _read(line: str) -> list[tuple[tuple[str, ...], list[Shape | None]] | str]:
    """Names and boxes of the pictures of a line, or why it cannot be read."""
    try:
        return [(record.names, [_shape(entry) for entry in record.entries]) for record in records_in(line)]
    except ValueError as failure:
        return [str(failure)]


def _are_sizes(shapes: list[Shape | None]) -> bool:
    """Whether two points are no corners in this file: some scripts write a corner, then width and height, which nothing but a
    second "corner" before the first gives away."""
    two = [shape.points for shape in shapes if shape is not None and len(shape.points) == 2]
    return any((points[1] <= points[0]).any() for points in two)


def _states(tree: SourceTree, folder: str) -> dict[str, Any]:
    """Picture → state: as an export left it beside the labels, and checked where somebody confirmed it in PPOCRLabel since."""
    states: dict[str, Any] = {}
    for name in (STATES_FILE, CONFIRMED_FILE):
        file = posixpath.join(folder, name)
        if file not in tree.files:
            continue
        try:
            known = tree.json(file) if name == STATES_FILE else _confirmed(tree.text(file))
        except ValueError:
            continue
        states |= known if isinstance(known, dict) else {}
    return states


def _confirmed(text: str) -> dict[str, str]:
    """Lines are the picture's path on that machine, a tab, and 1 for a confirmed one."""
    rows = (line.rpartition("\t") for line in lines_of(text))
    return {re.split(r"[/\\]", path)[-1]: "checked" for path, _, said in rows if said.strip() == "1"}


def _shape(entry: Any) -> Shape | None:
    if not isinstance(entry, dict):  # what PaddleOCR's detection writes
        bare = points_of(entry)
        return None if bare is None or len(bare) < 3 else Shape(bare)
    entry = {name.lower() if isinstance(name, str) else name: value for name, value in entry.items()}
    points = points_of(entry.get("points"))
    if points is None:
        return None
    text = text_in(entry.get("transcription"))
    fields = {name: entry.get(name) for name in ("difficult", "key_cls", "label")}
    return Shape(points, text, mark_of("ppocrlabel", text, fields=fields))
