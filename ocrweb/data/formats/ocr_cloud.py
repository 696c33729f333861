"""Answers of OCR services in JSON: AWS Textract, Google Cloud Vision, Azure Read, Document Intelligence and Image Analysis.

Lines are taken, words where a service gives no lines. Vision tells where a line ends at the letter before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from ocrweb.data.formats.annotated import Shape, box_of, numbers_of, parts_of, points_of, records, size_in, text_in
from ocrweb.data.formats.ocr_pages import OcrPage, line_of, page_number
from ocrweb.data.formats.quads import around

_FULL = ("fullTextAnnotation", "full_text_annotation")  # of Vision; its library for Python has the other names
_WORDS = ("textAnnotations", "text_annotations")
_ENDS = ("EOL_SURE_SPACE", "HYPHEN", "LINE_BREAK", 3, 4, 5)  # breaks of Vision, by name or number
_SPACES = ("SPACE", "SURE_SPACE", 1, 2)
_INCHES = 1000  # of a page in inches, to whole numbers


def service_of(document: Any) -> str | None:
    """Whose answer a JSON document is, or a list of such."""
    first = next(iter(records(document)), {}) if isinstance(document, list) else document
    if not isinstance(first, dict):
        return None
    blocks = records(first.get("Blocks"))
    if blocks and "BlockType" in blocks[0]:
        return "textract"
    answers = records(first.get("responses")) if isinstance(first.get("responses"), list) else [first]
    if any(name in answer for answer in answers for name in (*_FULL, *_WORDS)):
        return "google-vision"
    if isinstance(first.get("readResult"), dict) or _azure_pages(first):
        return "azure"
    return None


def textract(document: Any) -> Iterator[OcrPage]:
    """Outlines are shares of the picture. A long answer comes in several parts."""
    blocks = [block for part in _all_of(document) for block in records(part.get("Blocks"))]
    level = "LINE" if any(block.get("BlockType") == "LINE" for block in blocks) else "WORD"
    pages: dict[int, list[Shape | None]] = defaultdict(list)
    for block in blocks:
        page = pages[page_number(block.get("Page"))]
        if block.get("BlockType") == level:
            page.append(line_of(_of_textract(block.get("Geometry")), text_in(block.get("Text"))))
    for number, lines in pages.items():
        yield OcrPage(tuple(lines), number=number, shares=True)


def _of_textract(geometry: Any) -> np.ndarray | None:
    if not isinstance(geometry, dict):
        return None
    if corners := records(geometry.get("Polygon")):
        return points_of([[corner.get("X"), corner.get("Y")] for corner in corners])
    box = geometry.get("BoundingBox")
    return box_of([box.get(name) for name in ("Left", "Top", "Width", "Height")]) if isinstance(box, dict) else None


def vision(document: Any) -> Iterator[OcrPage]:
    """An answer a picture, in the order of the question, or a page of a document."""
    answers = [
        one
        for part in _all_of(document)
        for one in (records(part["responses"]) if isinstance(part.get("responses"), list) else [part])
    ]
    for number, answer in enumerate(answers, start=1):
        failure = answer.get("error")
        if isinstance(failure, dict) and failure.get("code"):
            continue  # nobody knows what is on that picture
        context = answer.get("context") or {}
        named = text_in(context.get("uri"))
        number = page_number(context.get("pageNumber", context.get("page_number")), number)
        full = _first(answer, _FULL)
        pages = records(full.get("pages")) if isinstance(full, dict) else []
        for place, page in enumerate(pages):
            size = size_in(page.get("width"), page.get("height"))
            lines, shares = _lines_of_page(page, size)
            yield OcrPage(tuple(lines), size, named, number + place, shares)
        if not pages:  # the first annotation is of the whole text
            words = parts_of(_first(answer, _WORDS))[1:]
            read = [
                line_of(_of_vision(word, ("boundingPoly", "bounding_poly"), None)[0], text_in(word.get("description")))
                if isinstance(word, dict)
                else None
                for word in words
            ]
            yield OcrPage(tuple(read), None, named, number)


def _lines_of_page(page: dict[str, Any], size: tuple[int, int] | None) -> tuple[list[Shape | None], bool]:
    """The lines of a page, and whether they are in shares of it."""
    lines: list[Shape | None] = []
    shares = False
    paragraphs = [part for block in records(page.get("blocks")) for part in records(block.get("paragraphs"))]
    for paragraph in paragraphs:
        quads: list[np.ndarray] = []
        text, words = "", parts_of(paragraph.get("words"))
        for place, word in enumerate(words, start=1):
            if not isinstance(word, dict):
                lines.append(None)
                continue
            quad, in_shares = _of_vision(word, ("boundingBox", "bounding_box"), size)
            shares = shares or in_shares
            quads += [] if quad is None else [quad]
            letters = records(word.get("symbols"))
            text += "".join(text_in(letter.get("text")) for letter in letters)
            end = _break_after(word, letters)
            text += " " if end in _SPACES else ""
            if end in _ENDS or place == len(words):
                lines.append(line_of(around(quads) if quads else None, text.strip()))
                quads, text = [], ""
    return lines, shares


def _break_after(word: dict[str, Any], letters: list[dict[str, Any]]) -> Any:
    for part in (*letters[-1:], word):
        said = part.get("property")
        found = _first(said, ("detectedBreak", "detected_break")) if isinstance(said, dict) else None
        if isinstance(found, dict):
            return _first(found, ("type", "type_"))
    return None


def _of_vision(
    part: dict[str, Any], names: tuple[str, ...], size: tuple[int, int] | None
) -> tuple[np.ndarray | None, bool]:
    """The outline of a part, in pixels where the page has a size, and whether it is in shares. What is 0 is left out."""
    drawn = _first(part, names)
    if not isinstance(drawn, dict):
        return None, False
    corners = records(drawn.get("vertices"))
    shares = [] if corners else records(_first(drawn, ("normalizedVertices", "normalized_vertices")))
    points = points_of([[corner.get("x", 0), corner.get("y", 0)] for corner in corners or shares])
    if points is None or not shares:
        return points, False
    return (points, True) if size is None else (points * np.array(size), False)


def azure(document: Any) -> Iterator[OcrPage]:
    """Pages of Read and of Document Intelligence, in pixels or inches; Image Analysis has one, of blocks."""
    result = document.get("readResult")
    if isinstance(result, dict) and "blocks" in result:
        about = document.get("metadata") or {}
        lines = [line for block in records(result["blocks"]) for line in parts_of(block.get("lines"))]
        yield OcrPage(tuple(map(_of_azure, lines)), size_in(about.get("width"), about.get("height")))
        return
    for place, page in enumerate(_azure_pages(document), start=1):
        size = numbers_of([page.get("width"), page.get("height")])
        times = _INCHES if page.get("unit") == "inch" else 1
        read = [_of_azure(line, times) for line in parts_of(page.get("lines", page.get("words")))]
        number = page_number(page.get("pageNumber", page.get("page_number", page.get("page"))), place)
        yield OcrPage(tuple(read), None if size is None else size_in(*(size * times)), number=number)


def _azure_pages(document: dict[str, Any]) -> list[dict[str, Any]]:
    """With lines or words each, and the angle or the unit that is Azure's."""
    result = next(
        (document[name] for name in ("analyzeResult", "analyze_result", "readResult") if isinstance(document.get(name), dict)),
        document,
    )  # fmt: skip
    pages = records(_first(result, ("pages", "readResults", "read_results", "recognitionResults")))
    known = {"angle", "unit"}
    return pages if pages and any(known & page.keys() and page.keys() & {"lines", "words"} for page in pages) else []


def _of_azure(line: Any, times: float = 1) -> Shape | None:
    if not isinstance(line, dict):
        return None
    drawn = _first(line, ("polygon", "boundingPolygon", "bounding_polygon", "boundingBox", "bounding_box"))
    corners = [[corner.get("x"), corner.get("y")] for corner in drawn] if _of_corners(drawn) else drawn
    points = points_of(corners)
    text = text_in(_first(line, ("content", "text")))
    return line_of(None if points is None else points * times, text)


def _of_corners(drawn: Any) -> bool:
    return isinstance(drawn, list) and all(isinstance(corner, dict) for corner in drawn)


def _first(given: dict[str, Any], names: tuple[str, ...]) -> Any:
    """What stands under the first of these names that is there: services and their libraries write them in two ways."""
    return next((given[name] for name in names if name in given), None)


def _all_of(document: Any) -> list[dict[str, Any]]:
    return records(document) if isinstance(document, list) else [document]
