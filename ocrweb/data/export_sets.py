"""Boxes as the label files of LabelMe, COCO, CVAT, MMOCR and VIA. Pure: pictures in, files by their names out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import numpy as np

from ocrweb.data.formats.xml_labels import STATE_TAG
from ocrweb.data.sample import LabelledBox, Split

MARK = "###"


@dataclass(frozen=True, slots=True)
class ExportedPicture:
    """name: ``train_images/1.jpg``. size: (width, height) as a person sees it. bytes: of the file. state: how far somebody has
    looked at it, "" where nobody knows."""

    name: str
    size: tuple[int, int]
    split: Split
    boxes: tuple[LabelledBox, ...]
    bytes: int
    state: str = ""


def labelme(pictures: Sequence[ExportedPicture]) -> dict[str, bytes]:
    """A file beside each picture: the text is a shape's description; the flag ``ignore`` ignores it."""
    return {
        f"{picture.name.rpartition('.')[0]}.json": _json(
            {
                "version": "5.5.0",
                "flags": {},
                "shapes": [
                    {
                        "label": "text",
                        "description": "" if box.ignore else box.text,
                        "points": _points(box),
                        "group_id": None,
                        "shape_type": "polygon",
                        "flags": {"ignore": True} if box.ignore else {},
                    }
                    for box in picture.boxes
                ],
                "imagePath": picture.name.rpartition("/")[2],
                "imageData": None,
                "imageWidth": picture.size[0],
                "imageHeight": picture.size[1],
            }
        )
        for picture in pictures
    }


def coco(pictures: Sequence[ExportedPicture]) -> dict[str, bytes]:
    """``annotations/instances_train.json`` with one category, the text in ``text``; what is ignored says so and is a crowd."""
    files: dict[str, bytes] = {}
    for split, chosen in _by_split(pictures).items():
        images, annotations = [], []
        for number, picture in enumerate(chosen, start=1):
            width, height = picture.size
            images.append({"id": number, "file_name": picture.name, "width": width, "height": height})
            annotations += [{"id": 0, "image_id": number, **_annotation(box)} for box in picture.boxes]
        for number, annotation in enumerate(annotations, start=1):
            annotation["id"] = number
        categories = [{"id": 1, "name": "text", "supercategory": ""}]
        document = {"images": images, "annotations": annotations, "categories": categories}
        files[f"annotations/instances_{split}.json"] = _json(document)
    return files


def cvat(pictures: Sequence[ExportedPicture]) -> dict[str, bytes]:
    """CVAT for images 1.1: polygons with an attribute ``text``; ``###`` is ignored."""
    root = Element("annotations")
    SubElement(root, "version").text = "1.1"
    for number, picture in enumerate(pictures):
        width, height = picture.size
        said = {"id": number, "name": picture.name, "subset": picture.split, "width": width, "height": height}
        image = SubElement(root, "image", {key: str(value) for key, value in said.items()})
        if picture.state:
            SubElement(image, "tag", label=STATE_TAG + picture.state, source="manual")
        for box in picture.boxes:
            points = ";".join(f"{x:g},{y:g}" for x, y in _points(box))
            entry = SubElement(
                image, "polygon", label="text", source="manual", occluded="0", points=points, z_order="0"
            )
            SubElement(entry, "attribute", name="text").text = _text(box)
    indent(root)
    return {"annotations.xml": tostring(root, "utf-8", xml_declaration=True)}


def mmocr(pictures: Sequence[ExportedPicture]) -> dict[str, bytes]:
    """MMOCR 1.x: ``textdet_train.json``."""
    return {
        f"textdet_{split}.json": _json(
            {
                "metainfo": {"dataset_type": "TextDetDataset", "task_name": "textdet", "category": [{"id": 0, "name": "text"}]},
                "data_list": [
                    {
                        "img_path": picture.name,
                        "width": picture.size[0],
                        "height": picture.size[1],
                        "instances": [
                            {
                                "polygon": [value for point in _points(box) for value in point],
                                "bbox": _bounds(box).reshape(-1).tolist(),
                                "bbox_label": 0,
                                "ignore": box.ignore,
                                "text": _text(box),
                            }
                            for box in picture.boxes
                        ],
                    }
                    for picture in chosen
                ],
            }
        )
        for split, chosen in _by_split(pictures).items()
    }  # fmt: skip


def via(pictures: Sequence[ExportedPicture]) -> dict[str, bytes]:
    """VIA 2: ``via_region_data.json`` in each folder of pictures, the text as a region attribute."""
    files: dict[str, dict[str, Any]] = {}
    for picture in pictures:
        folder, _, base = picture.name.rpartition("/")
        regions = []
        for box in picture.boxes:
            across, down = np.array(_points(box)).T.tolist()
            drawn = {"name": "polygon", "all_points_x": across, "all_points_y": down}
            regions.append({"shape_attributes": drawn, "region_attributes": {"text": _text(box)}})
        entry = {"filename": base, "size": picture.bytes, "regions": regions, "file_attributes": {}}
        files.setdefault(f"{folder}/via_region_data.json", {})[f"{base}{picture.bytes}"] = entry
    return {name: _json(document) for name, document in files.items()}


WRITERS: Mapping[str, Callable[[Sequence[ExportedPicture]], dict[str, bytes]]] = {
    "labelme": labelme,
    "coco": coco,
    "cvat": cvat,
    "mmocr": mmocr,
    "via": via,
}


def _annotation(box: LabelledBox) -> dict[str, Any]:
    (left, top), (right, bottom) = _bounds(box).tolist()
    return {
        "category_id": 1,
        "segmentation": [[value for point in _points(box) for value in point]],
        "bbox": [left, top, right - left, bottom - top],
        "area": (right - left) * (bottom - top),
        "iscrowd": int(box.ignore),
        "ignore": int(box.ignore),
        "text": _text(box),
    }


def _by_split(pictures: Sequence[ExportedPicture]) -> dict[str, list[ExportedPicture]]:
    splits: dict[str, list[ExportedPicture]] = {}
    for picture in pictures:
        splits.setdefault(picture.split, []).append(picture)
    return splits


def _points(box: LabelledBox) -> list[list[float]]:
    return np.round(box.outline.astype(np.float64), 2).tolist()


def _bounds(box: LabelledBox) -> np.ndarray:
    """(2, 2): left top, right bottom."""
    points = np.array(_points(box))
    return np.stack([points.min(axis=0), points.max(axis=0)])


def _text(box: LabelledBox) -> str:
    return MARK if box.ignore else box.text


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode()
