"""PPOCRLabel and PaddleOCR: ``Label.txt``, a line a picture: its path, a tab, a JSON list of boxes."""

from __future__ import annotations

import ast
import posixpath
import re
from typing import Any

from ocrweb.config.documents import parse_json
from ocrweb.data.formats.annotated import (
    Items,
    LabelledPicture,
    Shape,
    Trouble,
    points_of,
    split_in,
    state_in,
    text_in,
)
from ocrweb.data.formats.marks import mark_of
from ocrweb.data.formats.tree import SourceTree, decoded, lines_of

_PYTHON = re.compile(r"\s*\[\s*\{\s*['\"]")
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
        lines = lines_of(decoded(tree.read(file)))
    except ValueError as failure:
        yield Trouble("broken", file, str(failure))
        return
    folder = posixpath.dirname(file)
    states = _states(tree, folder)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{file}:{number}"
        name, tab, body = line.partition("\t")
        try:
            entries = _list_in(body)
        except (ValueError, RecursionError) as failure:
            yield Trouble("broken", where, "no tab" if not tab else str(failure))
            continue
        if not isinstance(entries, list):
            yield Trouble("broken", where, "no list")
            continue
        shapes = [_shape(entry) for entry in entries]
        kept = tuple(shape for shape in shapes if shape is not None)
        bad = ("points",) * (len(shapes) - len(kept))
        split, state = split_in(file) or split_in(name), state_in(states.get(posixpath.basename(name)))
        yield LabelledPicture((name,), kept, where, folder, bad=bad, split=split, state=state)


def _states(tree: SourceTree, folder: str) -> dict[str, Any]:
    """Picture → state: as an export left it beside the labels, and checked where somebody confirmed it in PPOCRLabel since."""
    states: dict[str, Any] = {}
    for name in (STATES_FILE, CONFIRMED_FILE):
        file = posixpath.join(folder, name)
        if file not in tree.files:
            continue
        try:
            known = tree.json(file) if name == STATES_FILE else _confirmed(decoded(tree.read(file)))
        except ValueError:
            continue
        states |= known if isinstance(known, dict) else {}
    return states


def _confirmed(text: str) -> dict[str, str]:
    """Lines are the picture's path on that machine, a tab, and 1 for a confirmed one."""
    rows = (line.rpartition("\t") for line in lines_of(text))
    return {re.split(r"[/\\]", path)[-1]: "checked" for path, _, said in rows if said.strip() == "1"}


def _list_in(body: str) -> Any:
    """The list of a line: JSON, or what Python's ``str`` makes of one, or a mixture (``True``, a comma after the last).

    Raises ValueError, RecursionError.
    """
    try:
        return parse_json(body)
    except ValueError as failure:
        if not _PYTHON.match(body):
            raise
        broken = failure
    try:
        return ast.literal_eval(_JsonNames().visit(ast.parse(body.strip(), mode="eval")))
    except (SyntaxError, MemoryError, TypeError, ValueError):
        raise broken from None


class _JsonNames(ast.NodeTransformer):
    """JSON's three names as Python's."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        values = {"true": True, "false": False, "null": None}
        return ast.Constant(values[node.id]) if node.id in values else node


def _shape(entry: Any) -> Shape | None:
    if not isinstance(entry, dict):  # what PaddleOCR's detection writes
        bare = points_of(entry)
        return None if bare is None or len(bare) < 3 else Shape(bare)
    points = points_of(entry.get("points"))
    if points is None:
        return None
    text = text_in(entry.get("transcription"))
    fields = {name: entry.get(name) for name in ("difficult", "key_cls", "label")}
    return Shape(points, text, mark_of("ppocrlabel", text, fields=fields))
