"""How the page's own addresses take a request and answer it: in threads and in turn, with coded errors in the visitor's language."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ocrweb.errors import OcrwebError
from ocrweb.services.line.network import network_line
from ocrweb.ui.line.coded import FRESH, Handler, Statuses, coded
from ocrweb.ui.line.turn import in_turn

FILES = 8  # threads that read and write labels
MOST_WAITING = 64  # for a thread
NAME = "viewer"  # in the line before the network
STATUSES = Statuses(
    {
        "store.unknown": 404,
        "store.none": 404,
        "store.no-such-picture": 404,
        "labels.changed-meanwhile": 409,
        "labels.no-such-version": 404,
        "store.in-use": 423,
        "store.busy": 423,
        "usage.disk-full": 507,
        "usage.not-writable": 500,
        "usage.internal": 500,
        "access.full": 503,
        "access.no-file": 403,
        "line.busy": 503,
        "detect.expired": 410,
    },
    {"image": 422},
)


Work = Callable[[Request, Any], Any]


class Doors:
    """How many requests are at work at once, apart from the threads that the page has."""

    def __init__(self) -> None:
        self.files, self.network = anyio.CapacityLimiter(FILES), anyio.CapacityLimiter(network_line.at_once)


def answering(work: Work, doors: Doors, *, network: bool = False) -> Handler:
    """A handler that does the work in a thread and answers with the document, or the response, that it returns.

    work: gets the request, whose parameters it reads, and the JSON document that came with it, None without one.
    network: it may run the model, and then waits for its turn with all others who want that.
    """

    async def done(request: Request, body: bytes) -> Any:
        if network:
            threads = doors.network
            served = await in_turn(network_line, request, lambda _: work(request, _document(body)), threads, NAME)
            return served.answer
        if doors.files.statistics().tasks_waiting >= MOST_WAITING:
            raise OcrwebError("access.full", seconds=5)
        return await anyio.to_thread.run_sync(lambda: work(request, _document(body)), limiter=doors.files)

    async def handle(request: Request) -> Response:
        answer = await done(request, await request.body())
        return answer if isinstance(answer, Response) else JSONResponse(answer, headers=FRESH)

    return coded(handle, STATUSES)


def asked(request: Request, name: str) -> str:
    """A parameter of the address; "" when it is not there."""
    return request.query_params.get(name, "")


def _document(body: bytes) -> Any:
    """Raises access.bad-json."""
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError) as failure:
        raise OcrwebError("access.bad-json") from failure
