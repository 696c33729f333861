"""Shapes of CVAT's XML, of images and of videos alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import numpy as np

from ocrweb.data.formats.annotated import Shape, points_of, text_in
from ocrweb.data.formats.marks import mark_of
from ocrweb.data.formats.quads import turned_as_said

TEXT_NAMES = ("text", "transcription", "utf8_string")


def shapes_of_image(image: Element) -> Iterator[Shape | str]:
    """The shapes of a picture, or the kind of one that is no outline of a text."""
    for entry in image:
        if entry.tag != "tag":
            yield shape_of(entry, text_in(entry.get("label")))


def shape_of(entry: Element, label: str) -> Shape | str:
    points = outline_of(entry)
    if points is None:
        return entry.tag
    said = {text_in(child.get("name")).lower(): text_in(child.text) for child in entry.iter("attribute")}
    text = next((said[name] for name in TEXT_NAMES if said.get(name)), "")
    return Shape(points, text or label, mark_of("cvat", text, label, fields=said))


def outline_of(entry: Element) -> np.ndarray | None:
    """(P, 2) of a box, turned or not, or of a polygon; None for any other shape."""
    if entry.tag == "polygon":
        return points_of(re.split("[,;]", entry.get("points") or ""))
    points = points_of([entry.get(side) for side in ("xtl", "ytl", "xbr", "ybr")]) if entry.tag == "box" else None
    return None if points is None else turned_as_said(points, entry.get("rotation"))
