"""COCO and its dialects: COCO-Text, TextOCR, MMOCR 0.x."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from ocrweb.data.formats.annotated import (
    Items,
    LabelledPicture,
    Shape,
    Trouble,
    box_of,
    numbers_of,
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
from ocrweb.data.sample import Split

OVER = 8.0  # pixels beyond the edge that no tool writes
TEXT_KEYS = ("utf8_string", "text", "transcription", "caption")


def read_coco(tree: SourceTree, file: str) -> Items:
    """The pictures of one file. Crowds (``iscrowd``) and what is illegible are ignored; run-length masks give way to the
    box, and the parts of one outline are taken together."""
    try:
        document = tree.json(file)
    except ValueError as failure:
        yield Trouble("broken", file, str(failure))
        return
    if not isinstance(document, dict):
        yield Trouble("broken", file, "no object")
        return
    by_picture: dict[str, list[dict[str, Any]]] = defaultdict(list)
    annotations = parts_of(document.get("annotations", document.get("anns")))
    for entry in records(annotations):
        by_picture[_identifier(entry.get("image_id"))].append(entry)
    dialect = "textocr" if "imgs" in document and "imgToAnns" in document else "coco"
    folder = posixpath.dirname(file)
    upright = _is_label_studio(document)
    names = _names(document)
    if _holds_corners(document, by_picture):
        yield Trouble("corners", file)
        for entry in records(annotations):
            entry["bbox"] = _as_sides(entry.get("bbox"))
    for number, picture in enumerate(records(document.get("images", document.get("imgs"))), start=1):
        where = f"{file}#{number}"
        name = text_in(picture.get("file_name", picture.get("file_path")))
        if not name:
            yield Trouble("broken", where, "no file_name")
            continue
        shapes = [coco_shape(entry, dialect, names) for entry in by_picture.pop(_identifier(picture.get("id")), ())]
        kept = tuple(shape for shape in shapes if shape is not None)
        yield LabelledPicture(
            (name,),
            kept,
            where,
            folder,
            size_in(picture.get("width"), picture.get("height")),
            ("points",) * (len(shapes) - len(kept)),
            _split(picture) or split_in(file) or split_in(name),
            shown_upright=upright,
        )
    if len(categories := _categories(document)) > 1:
        yield Trouble("categories", file, ", ".join(categories))
    if odd := sum(not isinstance(entry, dict) for entry in annotations):
        yield Trouble("broken", file, f"{odd} annotations", odd)
    for identifier, entries in by_picture.items():
        yield Trouble("missing", file, f"image_id {identifier} ({len(entries)})", len(entries))


def _holds_corners(document: dict[str, Any], by_picture: Mapping[str, list[dict[str, Any]]]) -> bool:
    """Whether all boxes are two corners although COCO's are a corner and a size: as these some stick far out of their
    picture, as corners all lie within and the second is the lower right one."""
    corners, sizes = [], []
    for picture in records(document.get("images", document.get("imgs"))):
        stated = size_in(picture.get("width"), picture.get("height"))
        for entry in by_picture.get(_identifier(picture.get("id")), ()):
            if stated and (box := numbers_of(entry.get("bbox"))) is not None and len(box) == 4:
                corners.append(box)
                sizes.append(stated)
    if len(corners) < 2:
        return False
    first, second = np.split(np.array(corners), 2, axis=1)
    edge = np.array(sizes, np.float64)
    as_corners = (second > first).all() and (second <= edge + 1).all()
    return bool(as_corners and (first + second > edge + OVER).any())


def _as_sides(value: Any) -> Any:
    """Two corners as a corner and a size."""
    box = numbers_of(value)
    return value if box is None or len(box) != 4 else [*box[:2].tolist(), *(box[2:] - box[:2]).tolist()]


def _identifier(value: Any) -> str:
    """A number of a picture as it meets itself: tables write 1 as 1.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _is_label_studio(document: dict[str, Any]) -> bool:
    """Label Studio's COCO export states the size of the stored pixels, while its boxes are shares of the picture as
    browsers show it. It says its name, or has its annotations' keys and counts from 0."""
    info = document.get("info")
    if isinstance(info, dict) and "label studio" in text_in(info.get("contributor")).lower():
        return True
    pictures, annotations = records(document.get("images")), records(document.get("annotations"))
    keys = {"id", "image_id", "category_id", "segmentation", "bbox", "ignore", "iscrowd", "area"}
    counted = any(picture.get("id") == 0 for picture in pictures)
    return counted and bool(annotations) and all(entry.keys() == keys for entry in annotations)


def _categories(document: dict[str, Any]) -> list[str]:
    """Names of the categories that annotations without a transcription use, those that ignore apart."""
    names = {identifier: name for identifier, name in _names(document).items() if not mark_of("coco", name)}
    annotations = records(document.get("annotations", document.get("anns")))
    used = {str(entry.get("category_id")) for entry in annotations if not any(key in entry for key in TEXT_KEYS)}
    return sorted(names[identifier] for identifier in used if names.get(identifier))


def _names(document: dict[str, Any]) -> dict[str, str]:
    """Names of categories by their ids."""
    return {str(entry.get("id")): text_in(entry.get("name")) for entry in records(document.get("categories"))}


def coco_shape(entry: Any, dialect: str = "coco", names: Mapping[str, str] = MappingProxyType({})) -> Shape | None:
    """One annotation; None when it has no outline. dialect: whose marks count. names: of categories, by their ids."""
    if not isinstance(entry, dict):
        return None
    attributes = entry.get("attributes")
    attributes = attributes if isinstance(attributes, dict) else {}
    points = _outline(entry)
    if points is None:
        return None
    text = next((text for source in (entry, attributes) for key in TEXT_KEYS if (text := text_in(source.get(key)))), "")
    category = names.get(str(entry.get("category_id")), "")
    return Shape(points, text, mark_of(dialect, text, category, fields={**attributes, **entry}))


def _outline(entry: dict[str, Any]) -> np.ndarray | None:
    """The most exact of what an annotation offers; a box that CVAT says is turned is."""
    for key in ("polygon", "points", "segmentation", "mask", "box"):
        value = entry.get(key)
        if not isinstance(value, list) or not value:
            continue
        parts = value if isinstance(value[0], list) and key == "segmentation" else [value]
        outlines = [points for part in parts if (points := points_of(part)) is not None and len(points) >= 3]
        if outlines:
            return outlines[0] if len(outlines) == 1 else np.concatenate(outlines)
    box = box_of(entry.get("bbox"))
    attributes = entry.get("attributes")
    return box if box is None or not isinstance(attributes, dict) else turned_as_said(box, attributes.get("rotation"))


def _split(picture: dict[str, Any]) -> Split | None:
    """COCO-Text says a picture's split in ``set``."""
    return split_in(text_in(picture.get("set")))
