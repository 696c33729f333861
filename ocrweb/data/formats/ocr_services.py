"""Whose answer a JSON document of an OCR service is, and for which picture: alone, or many in one file as scripts keep them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from ocrweb.data.checks.names import is_picture_name
from ocrweb.data.formats.annotated import records
from ocrweb.data.formats.document_ai import document_ai, is_document_ai
from ocrweb.data.formats.ocr_aws import is_rekognition, is_textract, rekognition, textract
from ocrweb.data.formats.ocr_chinese import (
    aliyun,
    baidu,
    huawei,
    is_aliyun,
    is_baidu,
    is_huawei,
    is_tencent,
    tencent,
)
from ocrweb.data.formats.ocr_cloud import azure, is_azure, is_vision, vision
from ocrweb.data.formats.ocr_pages import OcrPage, Read

_SERVICES: dict[str, tuple[Callable[[dict[str, Any]], bool], Read]] = {
    "textract": (is_textract, textract),
    "rekognition": (is_rekognition, rekognition),
    "google-vision": (is_vision, vision),
    "document-ai": (is_document_ai, document_ai),
    "azure": (is_azure, azure),
    "tencent": (is_tencent, tencent),
    "baidu": (is_baidu, baidu),
    "aliyun": (is_aliyun, aliyun),
    "huawei": (is_huawei, huawei),
}
SERVICES = tuple(_SERVICES)


def service_of(document: Any) -> str | None:
    """Whose answer a JSON document is, or a list of such, or such by the names of pictures."""
    return next(filter(None, (_service_of_one(answer) for _, answer in _answers_in(document))), None)


def read_service(document: Any, service: str) -> Iterator[OcrPage]:
    """The pages of every answer of one service in a document. service: one of `SERVICES`. What stands by the name of a picture
    and is no such answer, as an error, says nothing of the picture."""
    for name, answer in _answers_in(document):
        if name and _service_of_one(answer) != service:
            continue
        for page in _SERVICES[service][1](answer):
            yield replace(page, named=name or page.named)


def _service_of_one(answer: Any) -> str | None:
    first = next(iter(records(answer)), {}) if isinstance(answer, list) else answer
    if not isinstance(first, dict):
        return None
    return next((name for name, (is_one, _) in _SERVICES.items() if is_one(first)), None)


def _answers_in(document: Any) -> list[tuple[str, Any]]:
    """The answers of a document with the names of their pictures: ``{"1.jpg": {…}}``, ``[{"file": "1.jpg", …}]``,
    ``[{"file": "1.jpg", "response": {…}}]``; else the document itself, without a name."""
    if isinstance(document, dict) and document and all(map(_is_named, document)):
        return list(document.items())
    listed = records(document) if isinstance(document, list) else []
    named = [(_name_in(answer), answer) for answer in listed]
    if named and all(name for name, _ in named) and len(listed) == len(document):
        return [(name, _inner(answer)) for name, answer in named]
    return [("", document)]


def _is_named(key: Any) -> bool:
    return isinstance(key, str) and (is_picture_name(key) or key.lower().endswith(".pdf"))


def _name_in(answer: dict[str, Any]) -> str:
    return next((value for value in answer.values() if _is_named(value)), "")


def _inner(answer: dict[str, Any]) -> Any:
    """What a service said, where a script put it beside the name and not among it."""
    if _service_of_one(answer):
        return answer
    return next((value for value in answer.values() if _service_of_one(value)), answer)
