"""Requests that the framework's routes break on: a coded refusal in place of a bare 500."""

from __future__ import annotations

import logging

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ocrweb.errors import OcrwebError
from ocrweb.services.files.reports import internal_error
from ocrweb.ui.guard.refusal import refuse

# What code raises that takes a value for something else; the framework's routes look at few of their values themselves.
MISTAKEN = (LookupError, TypeError, ValueError, AttributeError, RecursionError, AssertionError)
log = logging.getLogger("ocrweb.requests")


def refuse_unreadable(served: FastAPI) -> None:
    """Stand inside the framework's own error handler, which answers without a code and prints a traceback."""
    mounted = next(route.app for route in served.routes if isinstance(route, Mount) and isinstance(route.app, FastAPI))
    mounted.user_middleware.append(Middleware(Unreadable))


class Unreadable:
    """400 `access.bad-request` where a route mistook a value; 500 with a report for every other failure.

    An answer that has begun cannot be taken back: its line is closed.
    """

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._application(scope, receive, watched)
        except ClientDisconnect:
            raise
        except Exception as failure:
            if begun or scope["type"] != "http":
                raise
            theirs = isinstance(failure, MISTAKEN) or type(failure).__module__.startswith("gradio")
            mistaken = theirs and scope["path"].startswith("/gradio_api/")
            log.warning(
                "%s %s: %s",
                scope["method"],
                scope["path"][:100].encode("unicode_escape").decode(),
                type(failure).__name__,
            )
            error = OcrwebError("access.bad-request") if mistaken else internal_error(failure)
            await refuse(scope, receive, send, 400 if mistaken else 500, error)
