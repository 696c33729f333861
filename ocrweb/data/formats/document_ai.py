"""Answers of Google Document AI in JSON: pages with lines and tokens, which say where their text stands in the document's.

Outlines are shares of the page as the service saw it. Where it put a page straight (``transforms``), they are taken back
to the page that was sent.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from ocrweb.data.formats.annotated import LARGEST, Shape, numbers_of, parts_of, points_of, records, size_in, text_in
from ocrweb.data.formats.ocr_pages import OcrPage, all_of, first_of, line_of, page_number

_ANCHOR = ("textAnchor", "text_anchor")  # the library for Python has the other names
_OUTLINE = ("boundingPoly", "bounding_poly")
_INCHES = 1000  # of a page in inches, to whole numbers
_NUMBERS = {5: "<f4", 6: "<f8"}  # what OpenCV's numbers of types are
_LEAST_AREA = 0.01  # of a pixel that was put straight
Size = tuple[int, int]


def is_document_ai(answer: dict[str, Any]) -> bool:
    pages = records(_document_in(answer).get("pages"))
    parts = [part for page in pages for part in (page, *_some(page, "lines"), *_some(page, "tokens"))]
    layouts = [part["layout"] for part in parts if isinstance(part.get("layout"), dict)]
    return any(name in layout for layout in layouts for name in (*_ANCHOR, *_OUTLINE))


def document_ai(document: Any) -> Iterator[OcrPage]:
    """The pages of a document or of its shards; those of several documents without a name are counted on."""
    seen: dict[str, set[int]] = defaultdict(set)
    for answer in map(_document_in, all_of(document)):
        named, text = text_in(answer.get("uri")), answer.get("text")
        for place, page in enumerate(records(answer.get("pages")), start=1):
            number = page_number(first_of(page, ("pageNumber", "page_number")), place)
            number = max(seen[named]) + 1 if number in seen[named] else number
            seen[named].add(number)
            parts = parts_of(page.get("lines")) or parts_of(page.get("tokens"))
            if not parts and _segments(page.get("layout")):
                continue  # whoever asked left the lines out of the answer
            yield _page_of(page, parts, text if isinstance(text, str) else "", named, number)


def _page_of(page: dict[str, Any], parts: list[Any], text: str, named: str, number: int) -> OcrPage:
    size = _size_of(page)
    back, sent = np.eye(3), size
    try:
        if turned := records(page.get("transforms")):
            back, sent = _way_back(turned, size)
    except ValueError as failure:
        return OcrPage((None,) * len(parts), size, named, number, broken=f"transforms: {failure}")
    lines = tuple(_line_of(part, size, back, text) for part in parts)
    shares = size is None and any(_drawn_in(part)[1] for part in parts)
    return OcrPage(lines, sent, named, number, shares, in_parts=True)


def _line_of(part: Any, size: Size | None, back: np.ndarray, text: str) -> Shape | None:
    points, in_shares = _drawn_in(part)
    if points is None:
        return None
    if in_shares and size is not None:
        points = points * np.array(size)
    layout = part["layout"]
    said = "".join(text[_place(start) : _place(end)] for start, end in _segments(layout))
    return line_of(points @ back[:2, :2].T + back[:2, 2], text_in(said))


def _drawn_in(part: Any) -> tuple[np.ndarray | None, bool]:
    """The outline of a part, and whether it is in shares, which are the more exact. What is 0 is left out."""
    layout = part.get("layout") if isinstance(part, dict) else None
    drawn = first_of(layout, _OUTLINE) if isinstance(layout, dict) else None
    if not isinstance(drawn, dict):
        return None, False
    shares = parts_of(first_of(drawn, ("normalizedVertices", "normalized_vertices")))
    corners = shares or parts_of(drawn.get("vertices"))
    if not all(isinstance(corner, dict) for corner in corners):
        return None, False
    return points_of([[corner.get("x", 0), corner.get("y", 0)] for corner in corners]), bool(shares)


def _size_of(page: dict[str, Any]) -> Size | None:
    image, stated = page.get("image"), page.get("dimension")
    if isinstance(image, dict) and (size := size_in(image.get("width"), image.get("height"))):
        return size
    sides = numbers_of([stated.get("width"), stated.get("height")]) if isinstance(stated, dict) else None
    if not isinstance(stated, dict) or sides is None:
        return None
    return size_in(*(sides * (1 if text_in(stated.get("unit")) in ("", "pixels") else _INCHES)))


def _way_back(turned: list[dict[str, Any]], size: Size | None) -> tuple[np.ndarray, Size]:
    """(3, 3) from the pixels of a page that was put straight to those of the page that was sent, and the size of that one.

    turned: the matrices that were used, one after the other. size: of the page that was put straight, which grew to hold all
    of the one that was sent. Raises ValueError where they are no turns.
    """
    there = np.eye(3)
    for one in turned:
        there = _matrix(one) @ there
    if size is None or abs(np.linalg.det(there[:2, :2])) < _LEAST_AREA:
        raise ValueError("no turn")
    grown = np.abs(there[:2, :2])
    if abs(np.linalg.det(grown)) < _LEAST_AREA:  # by 45°, where every size gives the same
        raise ValueError("no size")
    sent = size_in(*np.linalg.solve(grown, np.array(size, np.float64)))
    if sent is None:
        raise ValueError("no size")
    return np.linalg.inv(there), sent


def _matrix(one: dict[str, Any]) -> np.ndarray:
    """(3, 3) as OpenCV has it. Raises ValueError."""
    said = numbers_of([one.get("type"), one.get("rows"), one.get("cols")])
    data = one.get("data")
    if said is None or not isinstance(data, str) or said[0] not in _NUMBERS or (said[1:] != (2, 3)).any():
        raise ValueError("no matrix")
    numbers = np.frombuffer(base64.b64decode(data), _NUMBERS[int(said[0])]).astype(np.float64)
    if len(numbers) != 6 or not np.abs(numbers).max() <= LARGEST:  # false for what is not a number too
        raise ValueError("no matrix")
    return np.vstack([numbers.reshape(2, 3), (0, 0, 1)])


def _document_in(answer: dict[str, Any]) -> dict[str, Any]:
    inner = answer.get("document")
    return inner if isinstance(inner, dict) else answer


def _some(page: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return records(page.get(name))[:1]


def _segments(layout: Any) -> list[tuple[Any, Any]]:
    """Where the text of a part begins and ends; a beginning of 0 is left out."""
    anchor = first_of(layout, _ANCHOR) if isinstance(layout, dict) else None
    found = records(first_of(anchor, ("textSegments", "text_segments"))) if isinstance(anchor, dict) else []
    return [(first_of(one, ("startIndex", "start_index")), first_of(one, ("endIndex", "end_index"))) for one in found]


def _place(said: Any) -> int:
    """A place in a text, which may be a number or a text of one."""
    try:
        return max(0, int(said))
    except (TypeError, ValueError, OverflowError):
        return 0
