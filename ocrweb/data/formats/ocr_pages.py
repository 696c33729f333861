"""What OCR engines and services say of pages: lines as they read them, told by pictures or by pages of a document."""

from __future__ import annotations

import csv
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ocrweb.data.checks.names import is_picture_name, stem_of
from ocrweb.data.formats.annotated import Items, LabelledPicture, Shape, Trouble, numbers_of, records, split_in
from ocrweb.data.formats.marks import mark_of
from ocrweb.data.formats.tree import SourceTree

BLANK = "blank"  # the mark of a line in which an engine read nothing: a rule, a picture, dirt
_JOINTS = ("-", "_", "-page-", "_page_", "_page", "-p", "_p")  # between a document's name and the number of a page
_WIDTHS = (1, 2, 3, 4)  # digits of that number
_PART = re.compile(r"-\d+$")


@dataclass(frozen=True, slots=True)
class OcrPage:
    """lines: None for one whose outline cannot be read. size: (width, height) that outlines are told in; None: they are in
    the picture's pixels, or, with ``shares``, in shares of it. named: of the picture or its document, "" when nothing is
    said. number: of the page in it, from 1. in_parts: a long document comes in files with a number each, ``scan-0.json``.
    broken: why nothing of the page can be used, "" for most."""

    lines: tuple[Shape | None, ...]
    size: tuple[int, int] | None = None
    named: str = ""
    number: int = 1
    shares: bool = False
    in_parts: bool = False
    broken: str = ""


Read = Callable[[Any], Iterable[OcrPage]]


def read_ocr(tree: SourceTree, file: str, load: Callable[[SourceTree, str], Any], read: Read, format: str) -> Items:
    """The pictures of one file. load: its document, which ``read`` tells the pages of. format: of `marks.MARKS`."""
    try:
        pages = [replace(page, lines=_marked(page.lines, format)) for page in read(load(tree, file))]
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error) as failure:
        yield Trouble("broken", file, str(failure))
        return
    folder = posixpath.dirname(file)
    named = Counter(page.named for page in pages)
    for page in pages:
        if page.broken:
            yield Trouble("broken", f"{file}#{page.number}", page.broken, len(page.lines))
            continue
        names = _names(tree, file, page, own=named[page.named] == 1, alone=len(pages) == 1 and page.number <= 1)
        shapes = tuple(shape for shape in page.lines if shape is not None)
        if page.shares and (size := tree.size_of(names, folder)):
            shapes = tuple(replace(shape, points=shape.points * np.array(size)) for shape in shapes)
        bad = ("points",) * (len(page.lines) - len(shapes))
        split = split_in(file) or split_in(names[0])
        yield LabelledPicture(names, shapes, f"{file}#{page.number}", folder, page.size, bad, split)


def line_of(points: np.ndarray | None, text: str, words: Sequence[str] = ()) -> Shape | None:
    """words: of the line, when the engine gives them: where all are blank, so is the line."""
    if points is None:
        return None
    return Shape(points, text, BLANK if words and not any(word.strip() for word in words) else "")


def first_of(given: dict[str, Any], names: tuple[str, ...]) -> Any:
    """What stands under the first of these names that is there: services and their libraries write them in two ways."""
    return next((given[name] for name in names if name in given), None)


def all_of(document: Any) -> list[dict[str, Any]]:
    """The answers of a document: one, or a list of them."""
    return records(document) if isinstance(document, list) else [document]


def page_number(said: Any, otherwise: int = 1) -> int:
    number = numbers_of(said)
    return int(number[0]) if number is not None else otherwise


def _marked(lines: tuple[Shape | None, ...], format: str) -> tuple[Shape | None, ...]:
    return tuple(line and replace(line, mark=line.mark or mark_of(format, line.text)) for line in lines)


def _names(tree: SourceTree, file: str, page: OcrPage, *, own: bool, alone: bool) -> tuple[str, ...]:
    """What the picture of a page may be called: as the file says, after the label file (``1.hocr``, ``1.jpg.json``,
    ``1.ocr.json``), and after a document's name and the page's number (``scan-2.png``, ``scan_page_002.png``).

    own: no other page has the name that the file says. alone: the file tells of no other page.
    """
    base = stem_of(file)
    own_stem = stem_of(base) if is_picture_name(base) else base
    whole = _PART.sub("", own_stem) if page.in_parts else ""
    stems = dict.fromkeys(filter(None, (stem_of(page.named), own_stem, whole)))
    plain = tuple(filter(None, (page.named, *(f"{stem}.jpg" for stem in (*stems, base.partition(".")[0]) if stem))))
    if alone and tree.find(plain, posixpath.dirname(file)).path:
        return plain
    numbered = tuple(name for stem in stems for name in _numbered(tree, posixpath.dirname(file), stem, page.number))
    return (*plain[: own and bool(page.named)], *numbered, *(plain if page.number == 1 else ()))


def _numbered(tree: SourceTree, folder: str, stem: str, number: int) -> Iterator[str]:
    """Some tools count the pages that they draw from 0."""
    first = tuple(f"{stem}{joint}{0:0{width}}.jpg" for joint in _JOINTS for width in _WIDTHS)
    number -= bool(tree.find(first, folder).path)
    return (f"{stem}{joint}{number:0{width}}.jpg" for joint in _JOINTS for width in _WIDTHS)
