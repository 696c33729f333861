"""Labels in XML: Pascal VOC (LabelImg, roLabelImg), CVAT for images and for video 1.1, CTW1500's training labels, and pages."""

from __future__ import annotations

import math
import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element, ParseError, XMLParser

import numpy as np

from ocrweb.data.formats.annotated import (
    Items,
    LabelledPicture,
    Shape,
    Trouble,
    numbers_of,
    points_of,
    size_in,
    split_in,
    state_in,
    text_in,
)
from ocrweb.data.formats.cvat import shapes_of_image
from ocrweb.data.formats.cvat_video import is_video, read_video
from ocrweb.data.formats.marks import mark_of
from ocrweb.data.formats.quads import turned_about_centre
from ocrweb.data.formats.tree import SourceTree
from ocrweb.data.formats.xml_pages import pages_of

STATE_TAG = "state:"  # CVAT: before the state in a tag of the whole picture


def read_xml(tree: SourceTree, file: str) -> Items:
    """The pictures of one file of any of them."""
    try:
        root = _root_of(tree.text(file))
    except (ValueError, ParseError, RecursionError) as failure:
        yield Trouble("broken", file, str(failure))
        return
    if (pages := pages_of(root, file)) is not None:
        yield from pages
        return
    if is_video(root):
        yield from read_video(tree, file, root)
        return
    folder = posixpath.dirname(file)
    images = list(root.iter("image"))
    for number, image in enumerate(images, start=1):
        name = image.get("name") or image.get("file") or ""
        read = list(shapes_of_image(image) if image.get("name") else _ctw(image))
        size = size_in(image.get("width"), image.get("height"))
        picture = _picture((name,), read, f"{file}#{number}", folder, size, text_in(image.get("subset")))
        tags = (text_in(tag.get("label")) for tag in image.iter("tag"))
        states = (state_in(tag.removeprefix(STATE_TAG)) for tag in tags if tag.startswith(STATE_TAG))
        yield replace(picture, state=next(filter(None, states), ""))
    if not images:
        beside = posixpath.splitext(posixpath.basename(file))[0] + ".jpg"
        names = tuple(name for name in (text_in(root.findtext("filename")), beside) if name)
        size = size_in(root.findtext("size/width"), root.findtext("size/height"))
        yield _picture(names, list(_voc(root)), file, folder, size, "")


def _root_of(text: str) -> Element:
    """The document, which may define no entities: they could grow without end. Raises ValueError, ParseError."""
    if "<!ENTITY" in text:
        raise ValueError("entities")
    parser = XMLParser()
    parser.feed(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    return parser.close()


def _picture(
    names: tuple[str, ...], read: list[Shape | str], where: str, folder: str, size: tuple[int, int] | None, subset: str
) -> LabelledPicture:
    shapes = tuple(shape for shape in read if isinstance(shape, Shape))
    bad = tuple(shape for shape in read if isinstance(shape, str))
    split = split_in(subset) or split_in(where) or split_in(names[0])
    return LabelledPicture(names, shapes, where, folder, size, bad, split)


def _voc(root: Element) -> Iterator[Shape | str]:
    for entry in root.iter("object"):
        name = text_in(entry.findtext("name"))
        points = _numbers(entry.find("bndbox"), "xmin", "ymin", "xmax", "ymax")
        turned = _numbers(entry.find("robndbox"), "cx", "cy", "w", "h", "angle")
        if turned is not None:
            centre, half = turned[:2], turned[2:4] / 2
            points = turned_about_centre(np.stack([centre - half, centre + half]), math.degrees(turned[4]))
        if points is None:
            yield "points"
            continue
        fields = {child.tag: text_in(child.text) for child in entry}
        yield Shape(points.reshape(-1, 2), name, mark_of("voc", name, fields=fields))


def _ctw(image: Element) -> Iterator[Shape | str]:
    for entry in image.iter("box"):
        points = points_of((entry.findtext("segs") or "").split(","))
        text = text_in(entry.findtext("label"))
        yield "points" if points is None else Shape(points, text, mark_of("ctw1500", text))


def _numbers(entry: Element | None, *names: str) -> np.ndarray | None:
    return None if entry is None else numbers_of([entry.findtext(name) for name in names])
