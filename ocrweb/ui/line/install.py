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
from ocrweb.ui.seams import resting, taken
from ocrweb.ui.seams.mounted import mounted_in

UNAVAILABLE = 503


def bound(served: FastAPI, page: Blocks) -> FairQueue:
    """For a page that is mounted in `served`. Events go through the queue or are refused: nothing goes past it."""
    resting.let_queues_rest()
    queue = FairQueue(page)
    taken.put_queue(served, page, queue, queue.sessions, THREADS)
    taken.stand_inside(served, Middleware(Expired, queue=queue))
    mounted_in(served).add_exception_handler(OcrwebError, _refused)
    return queue


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, OcrwebError)
    seconds = error.params.get("seconds")
    return refusal(request.scope, UNAVAILABLE, error, {"Retry-After": str(seconds)} if seconds else None)
