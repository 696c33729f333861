"""Answers of Amazon in JSON: Textract (text, documents, expenses, identity documents) and Rekognition's text in pictures.

Outlines are shares of the picture. Lines are taken, words where there are none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from ocrweb.data.formats.annotated import Shape, box_of, parts_of, points_of, records, text_in
from ocrweb.data.formats.ocr_pages import OcrPage, all_of, line_of, page_number

_DOCUMENTS = ("ExpenseDocuments", "IdentityDocuments")  # of a Textract answer: each with blocks of its own


def is_textract(answer: dict[str, Any]) -> bool:
    blocks = [block for part in _parts_of(answer) for block in records(part.get("Blocks"))[:1]]
    return any("BlockType" in block for block in blocks) or any(records(answer.get(name)) for name in _DOCUMENTS)


def textract(document: Any) -> Iterator[OcrPage]:
    """A long answer comes in several parts. Raises ValueError: expenses without blocks, as they were before 2022, say nothing
    of the lines."""
    parts = [part for answer in all_of(document) for part in _parts_of(answer)]
    placed = [(_first_page(part), block) for part in parts for block in records(part.get("Blocks"))]
    if not placed and any(name in answer for answer in all_of(document) for name in _DOCUMENTS):
        raise ValueError("no Blocks")
    level = "LINE" if any(block.get("BlockType") == "LINE" for _, block in placed) else "WORD"
    pages: dict[int, list[Shape | None]] = defaultdict(list)
    for otherwise, block in placed:
        page = pages[page_number(block.get("Page"), otherwise)]
        if block.get("BlockType") == level:
            page.append(line_of(_outline(block.get("Geometry")), text_in(block.get("Text"))))
    for number, lines in pages.items():
        yield OcrPage(tuple(lines), number=number, shares=True)


def is_rekognition(answer: dict[str, Any]) -> bool:
    """Not of a video, whose texts stand at times."""
    found = answer.get("TextDetections")
    if not isinstance(found, list):
        return False
    return any("Geometry" in one for one in records(found)) or (not found and "TextModelVersion" in answer)


def rekognition(document: Any) -> Iterator[OcrPage]:
    """A page an answer, in their order."""
    for number, answer in enumerate(all_of(document), start=1):
        found = parts_of(answer.get("TextDetections"))
        level = "LINE" if any(one.get("Type") == "LINE" for one in records(found)) else "WORD"
        lines = [_detected(one) for one in found if not isinstance(one, dict) or one.get("Type", level) == level]
        yield OcrPage(tuple(lines), number=number, shares=True)


def _detected(one: Any) -> Shape | None:
    if not isinstance(one, dict):
        return None
    return line_of(_outline(one.get("Geometry")), text_in(one.get("DetectedText")))


def _parts_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [answer, *(part for name in _DOCUMENTS for part in records(answer.get(name)))]


def _first_page(part: dict[str, Any]) -> int:
    """The page of an expense's blocks where they do not say it: the one that its fields begin on."""
    return min((page_number(field.get("PageNumber")) for field in records(part.get("SummaryFields"))), default=1)


def _outline(geometry: Any) -> np.ndarray | None:
    if not isinstance(geometry, dict):
        return None
    if corners := records(geometry.get("Polygon")):
        return points_of([[corner.get("X"), corner.get("Y")] for corner in corners])
    box = geometry.get("BoundingBox")
    return box_of([box.get(name) for name in ("Left", "Top", "Width", "Height")]) if isinstance(box, dict) else None
