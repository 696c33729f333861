"""Pages in XML: PAGE (PRImA Research Lab), ALTO (Library of Congress), and ICDAR 2003's tagged words, as SVT and KAIST have them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import numpy as np

from ocrweb.data.formats.annotated import LabelledPicture, Shape, box_of, points_of, size_in, split_in, text_in
from ocrweb.data.formats.marks import mark_of
from ocrweb.data.formats.quads import around

_LEVELS = ("TextLine", "Word", "TextRegion")  # the first that a PAGE file has


def pages_of(root: Element, file: str) -> Iterator[LabelledPicture] | None:
    """The pictures of one document; None when it is none of the three."""
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]  # without the namespace, whose versions differ
    read = {"PcGts": _page, "alto": _alto, "tagset": _tagged, "images": _tagged}.get(root.tag)
    return read(root, file) if read is not None else None


def _page(root: Element, file: str) -> Iterator[LabelledPicture]:
    for number, page in enumerate(root.iter("Page"), start=1):
        level = next((tag for tag in _LEVELS if page.find(f".//{tag}") is not None), _LEVELS[0])
        read = [_shape("page", _coords(entry), _said(entry)) for entry in page.iter(level)]
        size = size_in(page.get("imageWidth"), page.get("imageHeight"))
        yield _picture(text_in(page.get("imageFilename")), read, file, number, size)


def _coords(entry: Element) -> np.ndarray | None:
    """``points="x,y x,y …"``, or, before 2013, an element a point."""
    drawn = entry.find("Coords")
    if drawn is None:
        return None
    if drawn.get("points") is None:
        return points_of([[point.get("x"), point.get("y")] for point in drawn.iter("Point")])
    return points_of(drawn.get("points", "").replace(",", " ").split())


def _said(entry: Element) -> str:
    found = entry.find("TextEquiv/Unicode")
    return text_in(found.text) if found is not None else ""


def _alto(root: Element, file: str) -> Iterator[LabelledPicture]:
    """Lengths may be tenths of millimetres or 1,200ths of an inch: they are told against the page's own size."""
    named = text_in(root.findtext(".//sourceImageInformation/fileName"))
    for number, page in enumerate(root.iter("Page"), start=1):
        read = []
        for line in page.iter("TextLine"):
            strings = list(line.iter("String"))
            text = text_in([string.get("CONTENT") for string in strings])
            read.append(_shape("alto", _drawn(line, strings), text))
        yield _picture(named, read, file, number, size_in(page.get("WIDTH"), page.get("HEIGHT")))


def _drawn(line: Element, strings: list[Element]) -> np.ndarray | None:
    """A line's polygon, its box, or the box around its words."""
    polygon = line.find("Shape/Polygon")
    if polygon is not None:
        return points_of(polygon.get("POINTS", "").replace(",", " ").split())
    found = [_box(entry) for entry in (line, *strings)]
    if found[0] is not None:
        return found[0]
    words = [box for box in found if box is not None]
    return around(words) if words else None


def _box(entry: Element) -> np.ndarray | None:
    return box_of([entry.get(name) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT")])


def _tagged(root: Element, file: str) -> Iterator[LabelledPicture]:
    for number, image in enumerate(root.iter("image"), start=1):
        read = []
        for entry in (*image.iter("taggedRectangle"), *image.iter("word")):
            box = box_of([entry.get(name) for name in ("x", "y", "width", "height")])
            letters = "".join(letter.get("char") or "" for letter in entry.iter("character"))
            read.append(_shape("svt", box, text_in(entry.findtext("tag")) or text_in(letters)))
        found = next((image.find(name) for name in ("Resolution", "resolution") if image.find(name) is not None), None)
        size = size_in(found.get("x"), found.get("y")) if found is not None else None
        yield _picture(text_in(image.findtext("imageName")), read, file, number, size)


def _shape(format: str, points: np.ndarray | None, text: str) -> Shape | str:
    return "points" if points is None else Shape(points, text, mark_of(format, text))


def _picture(
    named: str, read: list[Shape | str], file: str, number: int, size: tuple[int, int] | None
) -> LabelledPicture:
    beside = posixpath.splitext(posixpath.basename(file))[0] + ".jpg"
    names = tuple(name for name in (named, beside) if name)
    return LabelledPicture(
        names, tuple(one for one in read if isinstance(one, Shape)), f"{file}#{number}", posixpath.dirname(file), size,
        tuple(one for one in read if isinstance(one, str)), split_in(file) or split_in(names[0]),
    )  # fmt: skip
