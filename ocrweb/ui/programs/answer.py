"""How programs are answered: JSON, and each refusal with the HTTP status that fits its code."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ocrweb.errors import OcrwebError
from ocrweb.ui.guard.refusal import refusal
from ocrweb.ui.parts import texts

FRESH = {"Cache-Control": "no-store"}
STATUS = {
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
}
OURS = ("engine.", "weights.", "download.")  # areas in which the console failed, and not the one who asks
GONE = 499  # nobody reads it; as web servers log a client that left
RETRY_AFTER = 5


def status_of(code: str) -> int:
    return STATUS.get(code) or (503 if code.startswith(OURS) else 400)


def told(request: Request, error: OcrwebError) -> Response:
    """The error's document, in the caller's language; with ``Retry-After`` where trying again helps."""
    status, headers = status_of(error.code), dict(FRESH)
    if status == 503:
        headers["Retry-After"] = str(error.params.get("seconds", RETRY_AFTER))
    if "before" in error.params:
        headers["X-Line-Place"] = str(error.params["before"])
    return refusal(request.scope, status, error, headers)


def language(request: Request) -> str:
    return texts.language_of_headers(request.headers)


def document(content: Any, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(content, headers={**FRESH, **(headers or {})})
