"""LabelMe and its kin (X-AnyLabeling): a JSON file a picture, with ``shapes``."""

from __future__ import annotations

import base64
import binascii
import posixpath
from typing import Any

import numpy as np

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
from ocrweb.data.formats.marks import mark_of
from ocrweb.data.formats.tree import SourceTree

KINDS = ("polygon", "rectangle", "rotation", "quadrilateral")


def read_labelme(tree: SourceTree, file: str) -> Items:
    """The picture of one file. The text is the shape's description, else its label.

    The picture beside the file counts; the copy that ``imageData`` may hold is used only when there is none.
    """
    try:
        document = tree.json(file)
    except ValueError as failure:
        yield Trouble("broken", file, str(failure))
        return
    if not isinstance(document, dict) or not isinstance(document.get("shapes"), list):
        yield Trouble("broken", file, "no shapes")
        return
    shapes: list[Shape] = []
    bad: list[str] = []
    for entry in parts_of(document["shapes"]):
        shape = _shape(entry) if isinstance(entry, dict) else "points"
        if isinstance(shape, Shape):
            shapes.append(shape)
        else:
            bad.append(shape)
    beside = posixpath.splitext(posixpath.basename(file))[0] + ".jpg"
    names = tuple(name for name in (text_in(document.get("imagePath")), beside) if name)
    yield LabelledPicture(
        names,
        tuple(shapes),
        file,
        posixpath.dirname(file),
        size_in(document.get("imageWidth"), document.get("imageHeight")),
        tuple(bad),
        split_in(file),
        embedded=file if isinstance(document.get("imageData"), str) else "",
    )


def embedded_picture(tree: SourceTree, file: str) -> bytes:
    """The picture that a LabelMe file holds; empty when it cannot be unpacked."""
    try:
        return base64.b64decode(tree.json(file)["imageData"])
    except (ValueError, KeyError, TypeError, binascii.Error):
        return b""


def _shape(entry: dict[str, Any]) -> Shape | str:
    """The shape, or why it is none."""
    kind = str(entry.get("shape_type") or "polygon")
    points = points_of(entry.get("points"))
    if points is None:
        return "points"
    if kind not in KINDS or len(points) < 2 or (len(points) == 2 and kind != "rectangle"):
        return kind
    label, said = text_in(entry.get("label")), text_in(entry.get("description"))
    groups = [entry[name] for name in ("flags", "attributes") if isinstance(entry.get(name), dict)]
    fields = {name: value for group in (*groups, entry) for name, value in group.items()}
    return Shape(np.asarray(points), said or label, mark_of("labelme", label, said, fields=fields))
