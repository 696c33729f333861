"""Requests that the framework's routes break on: a coded refusal in place of a bare 500."""

from __future__ import annotations

import json
import logging
import re

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ocrweb.errors import OcrwebError
from ocrweb.services.files.reports import internal_error
from ocrweb.ui.guard.refusal import refusal, refuse
from ocrweb.ui.seams import taken
from ocrweb.ui.seams.mounted import mounted_in

# What code raises that takes a value for something else; the framework's routes look at few of their values themselves.
MISTAKEN = (LookupError, TypeError, ValueError, AttributeError, RecursionError, AssertionError)
CODED = re.compile(r"\[([a-z]+\.[a-z-]+)\]$")
log = logging.getLogger("ocrweb.requests")


def refuse_unreadable(served: FastAPI) -> None:
    """Stand inside the framework's own error handler, which answers without a code and prints a traceback."""
    taken.stand_inside(served, Middleware(Unreadable))
    mounted_in(served).add_exception_handler(RequestValidationError, _mistaken)


async def _mistaken(request: Request, error: Exception) -> Response:
    """A body of the wrong form: the framework's own answer would send it back, pictures included."""
    return refusal(request.scope, 422, OcrwebError("access.bad-request"))


class Unreadable:
    """400 where a route mistook a value or a handler told a coded error; 500 with a report for every other failure.

    An answer that has begun cannot be taken back: its line is closed.
    """

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False
        held: Message | None = None

        async def watched(message: Message) -> None:
            nonlocal begun, held
            begun = begun or message["type"] == "http.response.start"
            if message["type"] == "http.response.start" and message["status"] == 500:
                held = message  # the framework's answer to every error of a handler, also to one that has a code
                return
            if held is not None:
                known = _code(message.get("body", b""))
                await send({**held, "status": 400} if known else held)
                held = None
            await send(message)

        try:
            await self._application(scope, receive, watched)
        except ClientDisconnect:
            raise
        except Exception as failure:
            if begun or scope["type"] != "http":
                raise
            framework = isinstance(failure, MISTAKEN) or type(failure).__module__.startswith("gradio")
            mistaken = framework and scope["path"].startswith("/gradio_api/")
            log.warning(
                "%s %s: %s",
                scope["method"],
                scope["path"][:100].encode("unicode_escape").decode(),
                type(failure).__name__,
            )
            error = OcrwebError("access.bad-request") if mistaken else internal_error(failure)
            theirs = mistaken or error.code == "usage.bad-name"
            await refuse(scope, receive, send, 400 if theirs else 500, error)


def _code(body: bytes) -> str | None:
    """Of the framework's answer to an error of a handler that has a code: the code, unless it is a fault of the console."""
    try:
        words = str(json.loads(body)["error"])
    except (ValueError, LookupError, TypeError):
        return None
    found = CODED.search(words)
    return found[1] if found and found[1] != "usage.internal" else None
