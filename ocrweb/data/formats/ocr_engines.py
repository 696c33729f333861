"""What OCR engines write: hOCR (Tesseract, OCRopus, Kraken, ABBYY by converters), and Tesseract's TSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import numpy as np

from ocrweb.data.formats.annotated import Shape, box_of, numbers_of, points_of, size_in, text_in
from ocrweb.data.formats.ocr_pages import OcrPage, line_of, page_number
from ocrweb.data.formats.quads import around
from ocrweb.data.formats.tree import lines_of

_LINES = {"ocr_line", "ocrx_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat"}  # as Tesseract has them
_WORDS = {"ocrx_word", "ocr_word"}
_EMPTY = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}  # elements without an end
_DEEPEST = 1000  # elements within each other
_IMAGE = re.compile(r"\bimage\s+(?:\"([^\"]*)\"|'([^']*)'|([^;]*))")
_TSV_HEAD = ("level", "page_num", "block_num", "par_num", "line_num", "left", "top", "width", "height")
_PAGE, _LINE, _WORD = "1", "4", "5"  # levels of Tesseract


@dataclass
class _Part:
    """A page, a line or a word while it is read. held: lines of a page, words of a line. text: within, but for that of words."""

    title: str
    held: list[_Part] = field(default_factory=list)
    loose: list[_Part] = field(default_factory=list)
    text: str = ""
    outer: bool = False


_Open = tuple[str, _Part | None, _Part | None]  # an element, with the line and the word that it is in


class _Hocr(HTMLParser):
    """Collects `pages`. Words outside of lines are loose ones of their page; a line around lines is none itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pages: list[_Part] = []
        self._open: list[_Open] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        kinds = set((given.get("class") or "").split())
        part, (line, word) = _Part(given.get("title") or ""), self._within()
        if "ocr_page" in kinds:
            self.pages.append(part)
            line = word = None
        elif self.pages and kinds & _LINES:
            if line is not None:
                line.outer = True
            line = part
            self.pages[-1].held.append(part)
        elif self.pages and kinds & _WORDS:
            word = part
            (self.pages[-1].loose if line is None else line.held).append(part)
        elif "ocrx_cinfo" in kinds and "x_bboxes" not in part.title:
            line = word = None  # other readings of a letter
        if tag not in _EMPTY:
            self._open.append((tag, line, word))
        if len(self._open) > _DEEPEST:
            raise ValueError("nested too deeply")

    def handle_endtag(self, tag: str) -> None:
        if any(tag == opened for opened, _, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        line, word = self._within()
        if part := word or line:
            part.text += data

    def _within(self) -> tuple[_Part | None, _Part | None]:
        """The line and the word that stand open."""
        return self._open[-1][1:] if self._open else (None, None)


def is_hocr(data: bytes) -> bool:
    return re.search(rb"class\s*=\s*['\"][^'\"]*\bocr_page\b", data) is not None


def hocr(text: str) -> Iterator[OcrPage]:
    """Boxes stand upright on the page, also those of tilted lines (``baseline``); those of lines that are turned by a right
    angle (``textangle``, counter-clockwise) begin where their text does."""
    reader = _Hocr()
    try:
        reader.feed(text)
        reader.close()
    except AssertionError as failure:  # what the parser says of a declaration that is none
        raise ValueError(str(failure)) from failure
    for number, page in enumerate(reader.pages, start=1):
        named = _IMAGE.search(page.title)
        corners = _title_numbers(page.title, "bbox")
        size = size_in(*corners[2:]) if corners is not None and len(corners) == 4 else None
        lines = [line for line in page.held if not line.outer] or page.loose
        name = next(filter(None, named.groups()), "") if named else ""
        yield OcrPage(tuple(map(_hocr_line, lines)), size, name, number)


def _hocr_line(line: _Part) -> Shape | None:
    outline, box = (points_of(_title_numbers(line.title, name)) for name in ("poly", "bbox"))
    if outline is None and (box is None or len(box) != 2):
        inner = [points for word in line.held if (points := points_of(_title_numbers(word.title, "bbox"))) is not None]
        box = around(inner) if inner else None
    turn = _title_numbers(line.title, "textangle")
    if box is not None and len(box) == 2 and turn is not None:
        (left, top), (right, bottom) = box
        box = np.roll([[left, top], [right, top], [right, bottom], [left, bottom]], round(turn[0] / 90) % 4, axis=0)
    words = ["".join(word.text.split()) for word in line.held]  # a letter may stand in a line of its own
    return line_of(box if outline is None else outline, text_in(words) if words else text_in(line.text), words)


def _title_numbers(title: str, name: str) -> np.ndarray | None:
    """The numbers after a property's name; the picture's own name, in quotes, may hold whatever it likes."""
    said = re.search(rf"(?:^|;)\s*{name}\s+([^;]*)", re.sub(r"\"[^\"]*\"|'[^']*'", "", title))
    return numbers_of(said[1].split()) if said else None


def is_tsv(start: str) -> bool:
    """Tesseract's own, or as tables of Python write it."""
    return set(_TSV_HEAD) <= set(_head_of(start))


def tesseract(text: str) -> Iterator[OcrPage]:
    """Level 1 is a page, 4 a line, 5 a word; where somebody kept the words alone, lines are put together from them."""
    head = _head_of(text)
    pages: dict[int, dict[tuple[str, ...], list[dict[str, str]]]] = {}
    sizes: dict[int, tuple[int, int] | None] = {}
    for cells in _cells(text):
        row = dict(zip(head, cells, strict=False))
        number = page_number(row.get("page_num"))
        lines = pages.setdefault(number, {})
        if row.get("level") == _PAGE:
            sizes[number] = size_in(row.get("width"), row.get("height"))
        elif row.get("level") in (_LINE, _WORD) or "height" not in row:
            lines.setdefault(tuple(row.get(name, "") for name in _TSV_HEAD[1:5]), []).append(row)
    for number, lines in pages.items():
        yield OcrPage(tuple(map(_tsv_line, lines.values())), sizes.get(number), number=number)


def _tsv_line(rows: list[dict[str, str]]) -> Shape | None:
    boxes = [box_of([row.get(name) for name in ("left", "top", "width", "height")]) for row in rows]
    known = [box for row, box in zip(rows, boxes, strict=True) if box is not None and row.get("level") == _WORD]
    own = next((place for place, row in enumerate(rows) if row.get("level") == _LINE), None)
    words = [row.get("text", "") for row in rows if row.get("level") == _WORD]
    box = boxes[own] if own is not None else around(known) if known else None
    return line_of(box, text_in(words), words)


def _cells(text: str) -> Iterator[list[str]]:
    """The cells of each row that holds any. Tesseract quotes nothing."""
    head, *rest = lines_of(text)
    rows = (line.split("\t") for line in rest) if "\t" in head else csv.reader(rest)
    return (cells for cells in rows if any(cell.strip() for cell in cells))


def _head_of(text: str) -> list[str]:
    first = lines_of(text[:4096])[0]
    return [name.strip(' "') for name in first.split("\t" if "\t" in first else ",")]
