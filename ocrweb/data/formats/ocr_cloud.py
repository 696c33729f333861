"""Answers of OCR services in JSON: Google Cloud Vision, Azure Read, Document Intelligence and Image Analysis.

Lines are taken, words where a service gives no lines. Vision tells where a line ends at the letter before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ocrweb.data.formats.annotated import Shape, numbers_of, parts_of, points_of, records, size_in, text_in
from ocrweb.data.formats.ocr_pages import OcrPage, all_of, first_of, line_of, page_number
from ocrweb.data.formats.quads import around

_FULL = ("fullTextAnnotation", "full_text_annotation")  # of Vision; its library for Python has the other names
_WORDS = ("textAnnotations", "text_annotations")
_ENDS = ("EOL_SURE_SPACE", "HYPHEN", "LINE_BREAK", 3, 4, 5)  # breaks of Vision, by name or number
_SPACES = ("SPACE", "SURE_SPACE", 1, 2)
_INCHES = 1000  # of a page in inches, to whole numbers


def is_vision(answer: dict[str, Any]) -> bool:
    inner = records(answer["responses"]) if isinstance(answer.get("responses"), list) else [answer]
    return any(name in one for one in inner for name in (*_FULL, *_WORDS))


def is_azure(answer: dict[str, Any]) -> bool:
    return isinstance(answer.get("readResult"), dict) or bool(_azure_pages(answer))


def vision(document: Any) -> Iterator[OcrPage]:
    """An answer a picture, in the order of the question, or a page of a document."""
    answers = [
        one
        for part in all_of(document)
        for one in (records(part["responses"]) if isinstance(part.get("responses"), list) else [part])
    ]
    for number, answer in enumerate(answers, start=1):
        failure = answer.get("error")
        if isinstance(failure, dict) and failure.get("code"):
            continue  # nobody knows what is on that picture
        context = answer.get("context") or {}
        named = text_in(context.get("uri"))
        number = page_number(context.get("pageNumber", context.get("page_number")), number)
        full = first_of(answer, _FULL)
        pages = records(full.get("pages")) if isinstance(full, dict) else []
        for place, page in enumerate(pages):
            size = size_in(page.get("width"), page.get("height"))
            lines, shares = _lines_of_page(page, size)
            yield OcrPage(tuple(lines), size, named, number + place, shares)
        if not pages:  # the first annotation is of the whole text
            words = parts_of(first_of(answer, _WORDS))[1:]
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
        found = first_of(said, ("detectedBreak", "detected_break")) if isinstance(said, dict) else None
        if isinstance(found, dict):
            return first_of(found, ("type", "type_"))
    return None


def _of_vision(
    part: dict[str, Any], names: tuple[str, ...], size: tuple[int, int] | None
) -> tuple[np.ndarray | None, bool]:
    """The outline of a part, in pixels where the page has a size, and whether it is in shares. What is 0 is left out."""
    drawn = first_of(part, names)
    if not isinstance(drawn, dict):
        return None, False
    corners = records(drawn.get("vertices"))
    shares = [] if corners else records(first_of(drawn, ("normalizedVertices", "normalized_vertices")))
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
    pages = records(first_of(result, ("pages", "readResults", "read_results", "recognitionResults")))
    known = {"angle", "unit"}
    return pages if pages and any(known & page.keys() and page.keys() & {"lines", "words"} for page in pages) else []


def _of_azure(line: Any, times: float = 1) -> Shape | None:
    if not isinstance(line, dict):
        return None
    drawn = first_of(line, ("polygon", "boundingPolygon", "bounding_polygon", "boundingBox", "bounding_box"))
    corners = [[corner.get("x"), corner.get("y")] for corner in drawn] if _of_corners(drawn) else drawn
    points = points_of(corners)
    text = text_in(first_of(line, ("content", "text")))
    return line_of(None if points is None else points * times, text)


def _of_corners(drawn: Any) -> bool:
    return isinstance(drawn, list) and all(isinstance(corner, dict) for corner in drawn)
