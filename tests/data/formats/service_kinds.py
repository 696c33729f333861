"""Dialects of OCR services' answers, as `more_kinds.MORE` has those of other formats."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np

from tests.data.formats.kind import Kind, two
from tests.data.formats.kinds import FLAT, FLAT_LOW, LOW, SIZE, document_ai, rekognised, textract_block, vision_word
from tests.data.formats.sources import HEIGHT, QUAD, WIDTH

BOTH = [(QUAD, "a"), (LOW, "b")]


def _json(document: Any) -> str:
    return json.dumps(document)


def _words(document: Any) -> Any:
    """A document of Document AI as the library for Python writes it."""
    names = {"pageNumber": "page_number", "textAnchor": "text_anchor", "textSegments": "text_segments", "startIndex": "start_index", "endIndex": "end_index", "boundingPoly": "bounding_poly", "normalizedVertices": "normalized_vertices"}  # fmt: skip
    if isinstance(document, dict):
        return {names.get(key, key): _words(value) for key, value in document.items()}
    return [_words(value) for value in document] if isinstance(document, list) else document


def straightened(document: dict[str, Any]) -> dict[str, Any]:
    """A document whose page was put straight by a quarter: (x, y) of the picture is (height - y, x) there."""
    (page,) = document["pages"]
    for line in page["lines"]:
        outline = line["layout"]["boundingPoly"]
        points = [(corner.get("x", 0), corner.get("y", 0)) for corner in outline["normalizedVertices"]]
        outline["normalizedVertices"] = [{"x": 1 - y, "y": x} for x, y in points]
    turn = np.array([[0, -1, HEIGHT], [1, 0, 0]], np.float64)
    page["transforms"] = [{"rows": 2, "cols": 3, "type": 6, "data": base64.b64encode(turn.tobytes()).decode()}]
    page["dimension"] = {"width": HEIGHT, "height": WIDTH, "unit": "pixels"}
    return document


def in_pixels(document: dict[str, Any]) -> dict[str, Any]:
    for line in document["pages"][0]["lines"]:
        outline = line["layout"]["boundingPoly"]
        corners = outline.pop("normalizedVertices")
        outline["vertices"] = [{"x": corner["x"] * WIDTH, "y": corner["y"] * HEIGHT} for corner in corners]
    return document


EXPENSE = {"DocumentMetadata": {"Pages": 1}, "ExpenseDocuments": [{"ExpenseIndex": 1, "SummaryFields": [{"Type": {"Text": "TOTAL"}, "PageNumber": 1}], "LineItemGroups": [], "Blocks": [{"BlockType": "PAGE", "Id": "p"}, textract_block("LINE", QUAD, "a"), textract_block("WORD", QUAD, "a"), textract_block("LINE", LOW, "b")]}]}  # fmt: skip
SERVICE_DIALECTS: dict[str, Kind] = {
    "textract in parts": two("textract", "1.json", _json([{"Blocks": [{"BlockType": "PAGE", "Page": 1}, textract_block("LINE", QUAD, "a")], "NextToken": "x"}, {"Blocks": [textract_block("LINE", LOW, "b")]}])),
    "textract boxes": two(lost=1, format="textract", file="1.json", content=_json({"Blocks": [*({**block, "Geometry": {"BoundingBox": block["Geometry"]["BoundingBox"]}} for block in (textract_block("WORD", QUAD, "a"), textract_block("WORD", LOW, "b"))), {"BlockType": "WORD", "Geometry": {"BoundingBox": {"Left": None}}}]})),
    "vision turned lines": Kind("google-vision", "1.json", _json({"full_text_annotation": {"pages": [{**SIZE, "blocks": [{"paragraphs": [{"words": [vision_word([[60, 100], [60, 70], [80, 70], [80, 100]], "up", "SPACE"), vision_word([[60, 60], [60, 20], [80, 20], [80, 60]], "wards", "EOL_SURE_SPACE")]}]}]}]}}), ([[60, 100], [60, 20], [80, 20], [80, 100]],)),
    "vision shares": Kind("google-vision", "1.json", _json({"responses": [{"fullTextAnnotation": {"pages": [{"blocks": [{"paragraphs": [{"words": [{"boundingBox": {"normalizedVertices": [{}, {"x": 0.5}, {"x": 0.5, "y": 0.25}, {"y": 0.25}]}, "symbols": [{"text": "a"}]}]}]}]}]}}]}), ([[0, 0], [100, 0], [100, 30], [0, 30]],)),
    "vision words": two(lost=1, format="google-vision", file="1.json", content=_json({"responses": [{"textAnnotations": [{"description": "a b", "boundingPoly": {"vertices": []}}, *({"description": "a", "boundingPoly": {"vertices": [{"x": x, "y": y} for x, y in quad]}} for quad in (QUAD, LOW)), {"description": "c", "boundingPoly": {"vertices": [{"x": None}]}}]}]})),
    "vision of python": two("google-vision", "1.json", _json({"full_text_annotation": {"pages": [{**SIZE, "blocks": [{"paragraphs": [{"words": [{"bounding_box": {"vertices": [{"x": x, "y": y} for x, y in quad], "normalized_vertices": []}, "symbols": [{"text": "a", "property": {"detected_languages": [], "detected_break": {"type_": 5, "is_prefix": False}}}]} for quad in (QUAD, LOW)]}]}]}]}, "error": {"code": 0, "message": "", "details": []}, "context": None})),
    "azure read": two("azure", "1.json", _json({"status": "succeeded", "analyzeResult": {"version": "3.2", "readResults": [{"page": 1, "angle": 0, **SIZE, "unit": "pixel", "lines": [{"boundingBox": FLAT, "text": "a", "words": [{"boundingBox": FLAT, "text": "a"}]}, {"boundingBox": FLAT_LOW, "text": "b"}]}]}})),
    "azure in inches": two("azure", "1.json", _json({"pages": [{"page_number": 1, "width": WIDTH / 24, "height": HEIGHT / 24, "unit": "inch", "lines": [{"content": "a", "polygon": [{"x": x / 24, "y": y / 24} for x, y in quad]} for quad in (QUAD, LOW)]}]})),
    "azure image analysis": two(lost=1, format="azure", file="1.json", content=_json({"modelVersion": "2023-10-01", "metadata": SIZE, "readResult": {"blocks": [{"lines": [*({"text": "a", "boundingPolygon": [{"x": x, "y": y} for x, y in quad]} for quad in (QUAD, LOW)), {"text": "c", "boundingPolygon": None}]}]}})),
    "textract expense": two("textract", "1.json", _json(EXPENSE)),
    "textract identity document": two("textract", "1.json", _json({"IdentityDocuments": [{"DocumentIndex": 1, "IdentityDocumentFields": [], "Blocks": EXPENSE["ExpenseDocuments"][0]["Blocks"]}], "DocumentMetadata": {"Pages": 1}})),
    "textract by picture": two("textract", "all.json", _json({"1.jpg": EXPENSE})),
    "tencent boxes": two(lost=1, format="tencent", file="1.json", content=_json({"Angel": 359.9, "TextDetections": [*({"DetectedText": "a", "Polygon": None, "ItemPolygon": {"X": 10, "Y": y, "Width": 80, "Height": 20}} for y in (20, 60)), {"DetectedText": "c", "Polygon": []}]})),
    "tencent by picture": two("tencent", "all.json", _json({"1.jpg": {"TextDetections": [{"DetectedText": "a", "Polygon": [{"X": x, "Y": y} for x, y in quad]} for quad in (QUAD, LOW)], "Angle": 12.5}})),
    "baidu outlines": two(lost=1, format="baidu", file="1.json", content=_json({"words_result_num": 3, "words_result": [*({"words": "a", "location": {"left": 0}, "vertexes_location": [{"x": x, "y": y} for x, y in quad]} for quad in (QUAD, LOW)), {"words": "c"}]})),
    "aliyun data in a text": two("aliyun", "1.json", _json({"RequestId": "x", "Data": _json({"prism_wordsInfo": [{"word": "a", "pos": [{"x": x, "y": y} for x, y in quad]} for quad in (QUAD, LOW)], **SIZE})})),
    "huawei document": two(lost=1, format="huawei", file="1.json", content=_json({"result": [{"ocr_result": {"direction": 0.0, "words_block_list": [*({"words": "a", "location": quad} for quad in (QUAD, LOW)), {"words": "c", "location": None}]}}]})),
    "rekognition words alone": two(lost=2, format="rekognition", file="1.json", content=_json({"TextDetections": [*({**one, "Geometry": {"BoundingBox": one["Geometry"]["BoundingBox"]}} for one in (rekognised("WORD", QUAD, "a"), rekognised("WORD", LOW, "b"))), {"Type": "WORD", "DetectedText": "c"}, None]})),
    "rekognition in a list by picture": two("rekognition", "all.json", _json([{"image": "1.jpg", "TextDetections": [rekognised("LINE", QUAD, "a"), rekognised("LINE", LOW, "b")]}])),
    "rekognition beside the name": two("rekognition", "all.json", _json([{"file": "photos/1.jpg", "seconds": 1, "response": {"TextDetections": [rekognised("LINE", QUAD, "a"), rekognised("LINE", LOW, "b")]}}])),
    "document ai of the process": two("document-ai", "1.json", _json({"document": document_ai(BOTH), "humanReviewStatus": {}})),
    "document ai of python": two("document-ai", "1.json", _json(_words(document_ai(BOTH)))),
    "document ai tokens": two(lost=1, format="document-ai", file="1.json", content=_json(document_ai([*BOTH, ([], "c")], level="tokens"))),
    "document ai in pixels": two("document-ai", "1.json", _json(in_pixels(document_ai(BOTH)))),
    "document ai put straight": two("document-ai", "1.json", _json(straightened(document_ai(BOTH)))),
    "document ai in inches": two("document-ai", "1.json", _json({**document_ai(BOTH), "pages": [{**document_ai(BOTH)["pages"][0], "dimension": {"width": WIDTH / 24, "height": HEIGHT / 24, "unit": "in"}}]})),
}  # fmt: skip
