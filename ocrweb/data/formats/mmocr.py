"""MMOCR: 1.x (``metainfo`` and ``data_list``) and 0.x as JSON lines. 0.x as one document is COCO."""

from __future__ import annotations

import posixpath
from typing import Any

import numpy as np

from ocrweb.config.documents import parse_json
from ocrweb.data.formats.annotated import (
    Items,
    LabelledPicture,
    Shape,
    Trouble,
    parts_of,
    points_of,
    size_in,
    split_in,
    text_in,
)
from ocrweb.data.formats.coco import coco_shape
from ocrweb.data.formats.marks import mark_of
from ocrweb.data.formats.tree import SourceTree, lines_of


def read_mmocr(tree: SourceTree, file: str) -> Items:
    """The pictures of one MMOCR 1.x file; ``bbox`` holds two opposite corners there."""
    try:
        document = tree.json(file)
    except ValueError as failure:
        yield Trouble("broken", file, str(failure))
        return
    entries = document.get("data_list") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        yield Trouble("broken", file, "no data_list")
        return
    for number, entry in enumerate(entries, start=1):
        name = text_in(entry.get("img_path")) if isinstance(entry, dict) else ""
        if not name:
            yield Trouble("broken", f"{file}#{number}", "no img_path")
            continue
        shapes = [_shape(instance) for instance in parts_of(entry.get("instances"))]
        yield _picture(name, shapes, f"{file}#{number}", entry)


def read_mmocr_lines(tree: SourceTree, file: str) -> Items:
    """The pictures of one MMOCR 0.x file: a JSON object a line."""
    try:
        lines = lines_of(tree.text(file))
    except ValueError as failure:
        yield Trouble("broken", file, str(failure))
        return
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{file}:{number}"
        try:
            entry = parse_json(line)
            name = text_in(entry["file_name"])
        except (ValueError, RecursionError, KeyError, TypeError) as failure:
            yield Trouble("broken", where, str(failure))
            continue
        shapes = [coco_shape(annotation) for annotation in parts_of(entry.get("annotations"))]
        yield _picture(name, shapes, where, entry)


def _picture(name: str, shapes: list[Shape | None], where: str, entry: dict[str, Any]) -> LabelledPicture:
    file = where.rpartition("#")[0] or where.rpartition(":")[0]
    kept = tuple(shape for shape in shapes if shape is not None)
    return LabelledPicture(
        (name,),
        kept,
        where,
        posixpath.dirname(file),
        size_in(entry.get("width"), entry.get("height")),
        ("points",) * (len(shapes) - len(kept)),
        split_in(file) or split_in(name),
    )


def _shape(instance: Any) -> Shape | None:
    if not isinstance(instance, dict):
        return None
    points = points_of(instance.get("polygon"))
    if points is None or len(points) < 3:
        points = points_of(instance.get("bbox"))
        if points is None or len(points) != 2:
            return None
    text = text_in(instance.get("text"))
    return Shape(np.asarray(points), text, mark_of("mmocr", text, fields=instance))
