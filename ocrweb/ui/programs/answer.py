"""How programs are answered: JSON, and each refusal with the HTTP status that fits its code."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ocrweb.ui.line.coded import FRESH, Statuses
from ocrweb.ui.parts import texts

STATUSES = Statuses(
    {
        "line.busy": 503,
        "access.full": 503,
        "model.unknown": 404,
        "document.no-such-page": 404,
        "image.too-many-bytes": 413,
        "image.too-many-pixels": 413,
        "image.too-long": 413,
        "image.bomb": 413,
        "image.is-text": 415,
        "image.not-a-picture": 415,
        "image.unknown-content": 415,
        "image.unsupported-format": 415,
        "usage.internal": 500,
        "usage.no-report": 500,
        "usage.not-writable": 500,
        "usage.disk-full": 507,
    },
    # areas in which the console failed, and not the one who asks
    {"engine": 503, "weights": 503, "download": 503},
)


def language(request: Request) -> str:
    return texts.language_of_headers(request.headers)


def document(content: Any, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(content, headers={**FRESH, **(headers or {})})
