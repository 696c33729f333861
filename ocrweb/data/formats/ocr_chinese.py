"""Answers of OCR services from China in JSON: Tencent Cloud, Baidu, Alibaba Cloud and Huawei Cloud. All give lines, in pixels.

A service that turned the picture before it read it may tell its places on the turned one: unless it gives both, such a picture
is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ocrweb.config.documents import parse_json
from ocrweb.data.formats.annotated import Shape, box_of, numbers_of, parts_of, points_of, records, size_in, text_in
from ocrweb.data.formats.ocr_pages import OcrPage, all_of, first_of, line_of

_ANGLES = ("Angle", "Angel")  # Tencent wrote it wrongly for years
_STRAIGHT = 0.5  # degrees
_ON_ITS_SIDE = 45


def is_tencent(answer: dict[str, Any]) -> bool:
    """Told from Rekognition's by the outlines, which stand without a word about them."""
    inner = _tencent_in(answer)
    found = inner.get("TextDetections")
    if not isinstance(found, list):
        return False
    drawn = any("Polygon" in one or "ItemPolygon" in one for one in records(found))
    return drawn or (not found and any(name in inner for name in _ANGLES))


def tencent(document: Any) -> Iterator[OcrPage]:
    for number, answer in enumerate(map(_tencent_in, all_of(document)), start=1):
        turn = numbers_of(first_of(answer, _ANGLES))
        straight = turn is None or abs((turn[0] + 180) % 360 - 180) <= _STRAIGHT
        found = parts_of(answer.get("TextDetections"))
        yield OcrPage(tuple(_of_tencent(one, straight) for one in found), number=number)


def _of_tencent(one: Any, straight: bool) -> Shape | None:
    """The box of a line is on the picture that was put straight, its outline on the one that was sent."""
    if not isinstance(one, dict):
        return None
    points, box = _corners(one.get("Polygon"), "X", "Y"), one.get("ItemPolygon")
    if not one.get("Polygon") and straight and isinstance(box, dict):
        points = box_of([box.get(name) for name in ("X", "Y", "Width", "Height")])
    return line_of(points, text_in(one.get("DetectedText")))


def _tencent_in(answer: dict[str, Any]) -> dict[str, Any]:
    inner = answer.get("Response")
    return inner if isinstance(inner, dict) else answer


def is_baidu(answer: dict[str, Any]) -> bool:
    """Not of those without places."""
    found = answer.get("words_result")
    if not isinstance(found, list):
        return False
    placed = any("location" in one or "vertexes_location" in one for one in records(found))
    return placed or (not found and "words_result_num" in answer)


def baidu(document: Any) -> Iterator[OcrPage]:
    for number, answer in enumerate(all_of(document), start=1):
        lines = tuple(map(_of_baidu, parts_of(answer.get("words_result"))))
        yield OcrPage(lines, number=number, broken=_turned(answer.get("direction")))


def _of_baidu(one: Any) -> Shape | None:
    if not isinstance(one, dict):
        return None
    points, box = _corners(one.get("vertexes_location"), "x", "y"), one.get("location")
    if not one.get("vertexes_location") and isinstance(box, dict):
        points = box_of([box.get(name) for name in ("left", "top", "width", "height")])
    return line_of(points, text_in(one.get("words")))


def is_aliyun(answer: dict[str, Any]) -> bool:
    return isinstance(_aliyun_in(answer).get("prism_wordsInfo"), list)


def aliyun(document: Any) -> Iterator[OcrPage]:
    for number, answer in enumerate(map(_aliyun_in, all_of(document)), start=1):
        sent, seen = (size_in(answer.get(width), answer.get(height)) for width, height in (("orgWidth", "orgHeight"), ("width", "height")))  # fmt: skip
        angle = numbers_of(answer.get("angle"))
        turned = angle is not None and _ON_ITS_SIDE < angle[0] % 360 < 360 - _ON_ITS_SIDE
        broken = "angle" if turned or (sent and seen and sent != seen) else ""
        lines = tuple(map(_of_aliyun, parts_of(answer.get("prism_wordsInfo"))))
        yield OcrPage(lines, sent or seen, number=number, broken=broken)


def _of_aliyun(one: Any) -> Shape | None:
    return line_of(_corners(one.get("pos"), "x", "y"), text_in(one.get("word"))) if isinstance(one, dict) else None


def _aliyun_in(answer: dict[str, Any]) -> dict[str, Any]:
    """What stands under ``Data``, which may be a text of JSON."""
    inner = first_of(answer, ("Data", "data"))
    if isinstance(inner, str) and "prism_wordsInfo" in inner:
        try:
            inner = parse_json(inner)
        except (ValueError, RecursionError):
            inner = None
    return inner if isinstance(inner, dict) else answer


def is_huawei(answer: dict[str, Any]) -> bool:
    return isinstance(_huawei_in(answer).get("words_block_list"), list)


def huawei(document: Any) -> Iterator[OcrPage]:
    for number, answer in enumerate(map(_huawei_in, all_of(document)), start=1):
        lines = tuple(map(_of_huawei, parts_of(answer.get("words_block_list"))))
        yield OcrPage(lines, number=number, broken=_turned(answer.get("direction")))


def _of_huawei(one: Any) -> Shape | None:
    return line_of(points_of(one.get("location")), text_in(one.get("words"))) if isinstance(one, dict) else None


def _huawei_in(answer: dict[str, Any]) -> dict[str, Any]:
    """What stands under ``result``, in a list of one where documents are read."""
    result = answer.get("result")
    listed = records(result) if isinstance(result, list) else []
    inner = listed[0].get("ocr_result") if len(listed) == 1 else result
    return inner if isinstance(inner, dict) else answer


def _turned(direction: Any) -> str:
    """Why a picture that was turned is left out, "" for one that was not (0) and where nobody looked (-1)."""
    said = numbers_of(direction)
    return "" if said is None or said[0] in (0, -1) else f"direction {text_in(direction)}"


def _corners(drawn: Any, across: str, down: str) -> np.ndarray | None:
    if not isinstance(drawn, list) or not all(isinstance(corner, dict) for corner in drawn):
        return None
    return points_of([[corner.get(across), corner.get(down)] for corner in drawn])
