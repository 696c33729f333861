"""Put the bounded lines and sessions in the place of Gradio's own."""

from __future__ import annotations

from fastapi import FastAPI
from gradio.blocks import Blocks
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from ocrweb.errors import OcrwebError
from ocrweb.ui.guard.refusal import refusal
from ocrweb.ui.line.expired import Expired
from ocrweb.ui.line.queue import THREADS, FairQueue
from ocrweb.ui.seams.mounted import mounted_in

UNAVAILABLE = 503


def bound(served: FastAPI, page: Blocks) -> FairQueue:
    """For a page that is mounted in `served`. Events go through the queue or are refused: nothing goes past it."""
    mounted = mounted_in(served)
    queue = FairQueue(page)
    queue.set_server_app(mounted)  # type: ignore[arg-type]
    page._queue = queue
    page.api_open = False
    page.max_threads = THREADS
    mounted.state_holder = page.state_holder = queue.sessions  # type: ignore[attr-defined]
    mounted.user_middleware.append(Middleware(Expired, queue=queue))
    mounted.add_exception_handler(OcrwebError, _refused)
    return queue


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, OcrwebError)
    seconds = error.params.get("seconds")
    return refusal(request.scope, UNAVAILABLE, error, {"Retry-After": str(seconds)} if seconds else None)
