"""Datasets and tools with JSON of their own: ArT and LSVT, ReCTS, HierText, VIA, Datumaro, docTR, VoTT, Supervisely, forms."""

from __future__ import annotations

import csv
import io
import posixpath
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ocrweb.config.documents import parse_json
from ocrweb.data.formats import forms, via3
from ocrweb.data.formats.annotated import (
    Items,
    LabelledPicture,
    Shape,
    Trouble,
    box_of,
    parts_of,
    points_of,
    records,
    size_in,
    split_in,
    text_in,
)
from ocrweb.data.formats.marks import mark_of
from ocrweb.data.formats.quads import turned_as_said
from ocrweb.data.formats.tree import SourceTree

TEXT_KEYS = ("transcription", "text", "utf8_string", "label", "name")
_LABEL = "the label's name"  # of an annotation that has its number alone
Found = tuple[str, list[Any], Any]  # a picture's name, its boxes as written, its (width, height) or None


def read_json_set(tree: SourceTree, file: str, format: str) -> Items:
    """The pictures of one file of a format of `SETS`."""
    broken: list[Trouble] = []
    try:
        document = _csv(tree.text(file), file, broken) if file.lower().endswith(".csv") else tree.json(file)
        pictures = list(SETS[format](document, posixpath.splitext(posixpath.basename(file))[0]))
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error) as failure:
        yield Trouble("broken", file, str(failure))
        return
    yield from broken
    for number, (named, entries, size) in enumerate(pictures, start=1):
        name = text_in(named)
        read = [_shape(entry, format) for entry in entries]
        kept = tuple(shape for shape in read if shape is not None)
        bad = ("points",) * (len(read) - len(kept))
        stated = size_in(*size) if size is not None else None
        split = split_in(file) or split_in(name)
        yield LabelledPicture((name,), kept, f"{file}#{number}", posixpath.dirname(file), stated, bad, split)


def set_of(document: Any) -> str | None:
    """Which of these formats a JSON document is."""
    if not isinstance(document, dict) or not document:
        return None
    values = list(document.values())
    some, entries = values[0], records(document.get("annotations"))
    if "lines" in document and "chars" in document:
        return "rects"
    if form := forms.form_of(document):
        return form
    if isinstance(document.get("objects"), list) and isinstance(document.get("size"), dict):
        return "supervisely"
    if any(isinstance(entry.get("asset"), dict) for entry in (document, *records(document.get("assets")))):
        return "vott"
    if isinstance(document.get("items"), list) and "categories" in document:
        return "datumaro"
    if entries and "paragraphs" in entries[0]:
        return "hiertext"
    if (
        via3.is_project(document)
        or "_via_img_metadata" in document
        or (isinstance(some, dict) and "regions" in some and "filename" in some)
    ):
        return "via"
    if isinstance(some, dict) and "polygons" in some:
        return "doctr"
    if all(isinstance(value, list) for value in values):
        first = next((entry for value in values for entry in value), None)
        return "art" if isinstance(first, dict) and "points" in first and "transcription" in first else None
    return None


def _art(document: Any, stem: str) -> Iterator[Found]:
    for name, entries in document.items():
        yield (name if "." in name else f"{name}.jpg"), parts_of(entries), None


def _rects(document: Any, stem: str) -> Iterator[Found]:
    yield f"{stem}.jpg", parts_of(document["lines"]), None


def _hiertext(document: Any, stem: str) -> Iterator[Found]:
    for entry in records(document["annotations"]):
        lines = [line for part in records(entry.get("paragraphs")) for line in parts_of(part.get("lines"))]
        yield f"{entry['image_id']}.jpg", lines, (entry.get("image_width"), entry.get("image_height"))


def _via(document: Any, stem: str) -> Iterator[Found]:
    if via3.is_project(document):
        yield from via3.pictures(document)
        return
    for entry in records(document.get("_via_img_metadata", document)):
        yield text_in(entry["filename"]), parts_of(entry.get("regions")), None


def _datumaro(document: Any, stem: str) -> Iterator[Found]:
    said = document["categories"].get("label") if isinstance(document["categories"], dict) else None
    labels = [text_in(label.get("name")) for label in records(said.get("labels"))] if isinstance(said, dict) else []
    names: dict[Any, str] = dict(enumerate(labels))
    for entry in records(document["items"]):
        image = entry.get("image") or {}
        name = text_in(image.get("path")) or f"{entry['id']}.jpg"
        boxes = [
            {**part, _LABEL: names.get(part.get("label_id"), "")} if isinstance(part, dict) else part
            for part in parts_of(entry.get("annotations"))
        ]
        yield name, boxes, _turned(image.get("size"))


def _doctr(document: Any, stem: str) -> Iterator[Found]:
    for name, entry in document.items():
        polygons = entry["polygons"]
        groups = polygons if isinstance(polygons, dict) else {"": polygons}
        boxes = [{"points": points, _LABEL: text_in(name)} for name in groups for points in parts_of(groups[name])]
        yield name, boxes, _turned(entry.get("img_dimensions"))


def _supervisely(document: Any, stem: str) -> Iterator[Found]:
    boxes = [_of_class(part) if isinstance(part, dict) else part for part in parts_of(document["objects"])]
    yield stem, boxes, (document["size"].get("width"), document["size"].get("height"))  # ``1.jpg.json``


def _of_class(part: dict[str, Any]) -> Any:
    """A drawn object of Supervisely with its outline where those of other tools have it."""
    drawn = part.get("points")
    outline = parts_of(drawn.get("exterior") if isinstance(drawn, dict) else None)
    if part.get("geometryType") not in ("rectangle", "polygon"):
        return None
    corners = {"box": outline} if len(outline) == 2 else {"points": outline}
    tags = {text_in(tag.get("name")).lower(): tag.get("value") for tag in records(part.get("tags"))}
    return {"attributes": tags, _LABEL: text_in(part.get("classTitle")), **corners}


def _vott(document: Any, stem: str) -> Iterator[Found]:
    for entry in [document] if "asset" in document else records(document["assets"]):
        size = entry["asset"].get("size") or {}
        boxes = [
            {
                "points": [[point.get("x"), point.get("y")] for point in records(part.get("points"))],
                _LABEL: text_in(part.get("tags")),
            }
            if isinstance(part, dict)
            else part
            for part in parts_of(entry.get("regions"))
        ]
        yield text_in(entry["asset"].get("name")), boxes, (size.get("width"), size.get("height"))


def _turned(size: Any) -> Any:
    """(height, width) → (width, height)"""
    return size[::-1] if isinstance(size, list) and len(size) == 2 else None


SETS: dict[str, Callable[[Any, str], Iterator[Found]]] = {
    "art": _art, "rects": _rects, "hiertext": _hiertext, "via": _via,
    "datumaro": _datumaro, "funsd": forms.funsd, "xfund": forms.xfund, "cord": forms.cord, "doctr": _doctr,
    "supervisely": _supervisely, "vott": _vott,
}  # fmt: skip


def _shape(entry: Any, format: str) -> Shape | None:
    if not isinstance(entry, dict):
        return None
    extra = entry.get("region_attributes") or entry.get("attributes")
    said = _flat(extra) if isinstance(extra, dict) else {}
    fields = {**said, **entry}
    text = next((text for key in TEXT_KEYS if isinstance(fields.get(key), str) and (text := text_in(fields[key]))), "")
    points = _outline(entry)
    label = entry.get(_LABEL) or ""
    return None if points is None else Shape(points, text, mark_of(format, text, label, fields=fields))


def _flat(attributes: dict[str, Any]) -> dict[str, Any]:
    """Attributes with the ticked boxes of VIA's check lists, ``{"props": {"illegible": true}}``, as attributes of their own."""
    inner = [value for value in attributes.values() if isinstance(value, dict)]
    return {str(name).lower(): value for group in (*inner, attributes) for name, value in group.items()}


def _outline(entry: dict[str, Any]) -> np.ndarray | None:
    drawn = entry.get("shape_attributes")
    if isinstance(drawn, dict):
        if drawn.get("name") == "polyline":
            return None
        across, down = drawn.get("all_points_x"), drawn.get("all_points_y")
        if isinstance(across, list) and isinstance(down, list) and len(across) == len(down):
            points = points_of([across, down])
            return None if points is None else points.reshape(2, -1).T
        return box_of([drawn.get(key) for key in ("x", "y", "width", "height")])
    if via3.XY in entry:
        return via3.outline(entry[via3.XY])
    if entry.get("type") in ("polyline", "points"):  # Datumaro's, whose coordinates look like a polygon's
        return None
    for key in ("vertices", "points", "polygon"):
        if (points := points_of(entry.get(key))) is not None:
            return points if len(points) > 2 else None
    corners = points_of(entry.get("box"))
    box = corners if corners is not None else box_of(entry.get("bbox"))
    attributes = entry.get("attributes")
    return box if box is None or not isinstance(attributes, dict) else turned_as_said(box, attributes.get("rotation"))


def _csv(text: str, file: str, broken: list[Trouble]) -> dict[str, Any]:
    """VIA's table as its project: a region a row, JSON inside the fields. broken: takes the rows that cannot be read."""
    pictures: dict[str, Any] = {}
    rows = csv.DictReader(io.StringIO(text.removeprefix("#")))
    for row in rows:
        entry = pictures.setdefault(row["filename"], {"filename": row["filename"], "regions": []})
        try:
            shape, said = (
                parse_json(row.get(name) or "{}") for name in ("region_shape_attributes", "region_attributes")
            )
        except ValueError:
            broken.append(Trouble("broken", f"{file}:{rows.line_num}", str(row.get("region_shape_attributes"))[:60], 1))
            continue
        if shape:
            entry["regions"].append({"shape_attributes": shape, "region_attributes": said})
    return pictures
