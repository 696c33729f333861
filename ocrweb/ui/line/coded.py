"""Handlers of the console's own addresses that end well or with a coded error, whose HTTP status a table gives."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from ocrweb.errors import OcrwebError
from ocrweb.services.files.reports import internal_error
from ocrweb.ui.guard.refusal import refusal
from ocrweb.ui.line.turn import Left

FRESH = {"Cache-Control": "no-store"}
GONE = 499  # nobody reads it; as web servers log a client that left
AGAIN = (423, 503)  # trying again helps
AGAIN_SECONDS = 5

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Statuses:
    """HTTP statuses of error codes: a code's own, else that of its area (``image`` of ``image.empty``), else 400."""

    codes: Mapping[str, int]
    areas: Mapping[str, int] = field(default_factory=dict)

    def of(self, code: str) -> int:
        return self.codes.get(code) or self.areas.get(code.partition(".")[0], 400)


def coded(handler: Handler, statuses: Statuses) -> Handler:
    """The handler, which may raise anything; what has no code is reported and told as `usage.internal`."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except Left:
            return Response(status_code=GONE)
        except OcrwebError as error:
            return told(request, error, statuses)
        except Exception as failure:
            return told(request, internal_error(failure), statuses)

    return answer


def told(request: Request, error: OcrwebError, statuses: Statuses) -> Response:
    """The error's document, in the caller's language; with ``Retry-After`` where trying again helps."""
    status, headers = statuses.of(error.code), dict(FRESH)
    if status in AGAIN:
        headers["Retry-After"] = str(error.params.get("seconds", AGAIN_SECONDS))
    if "before" in error.params:
        headers["X-Line-Place"] = str(error.params["before"])
    return refusal(request.scope, status, error, headers)
