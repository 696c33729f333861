"""The console is told to end: answers in flight go out, new work is refused, and all of it within a bound."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from typing import Any, Protocol

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ocrweb.config.variables import number
from ocrweb.errors import OcrwebError
from ocrweb.services.detect import readiness
from ocrweb.ui.guard.refusal import refuse

VARIABLE = "OCRWEB_STOP_SECONDS"
STOP_SECONDS = 20.0
LINGER = 2.0  # seconds for a caller whose answer is ready to ask for it
START_SECONDS = 5.0  # until the next console answers, about
UNAVAILABLE = 503
# What fetches the answer to something that was asked before, or gives it up.
ANSWER = r"queue/data|call/(?:v2/)?[^/]+/[^/]+"
GOES_ON = re.compile(rf"/gradio_api/({ANSWER}|cancel|file=.*)/?")
# Streams stay open without having anything to say; what they have to say is `Work`.
STREAMS = re.compile(rf"/gradio_api/({ANSWER}|heartbeat/.*|mcp.*|dev/.*)/?")


class Work(Protocol):
    """What is done for visitors apart from requests."""

    def idle(self) -> bool:
        """Nothing waits and nothing runs."""

    def unread(self) -> int:
        """Answers that are ready and that nobody has fetched."""


class Drain:
    """Whether the console is ending, and what must still go out.

    seconds: how long that may take. Used on the event loop; `begin` also from a signal handler.
    """

    def __init__(self, seconds: float = STOP_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds, self._clock = seconds, clock
        self._began: float | None = None
        self._quiet_since: float | None = None
        self._work: Work | None = None
        self._open = 0

    @property
    def begun(self) -> bool:
        return self._began is not None

    def begin(self) -> None:
        if self._began is None:
            self._began = self._clock()

    def wait_for(self, work: Work) -> None:
        """Let this work be done before the end."""
        self._work = work

    def retry_after(self) -> int:
        """Whole seconds until another console may answer."""
        left = 0.0 if self._began is None else max(0.0, self._began + self.seconds - self._clock())
        return math.ceil(left + START_SECONDS)

    def over(self) -> bool:
        """Whether nothing is in flight any more, or its time is up."""
        if self._began is None:
            return False
        now = self._clock()
        if now - self._began >= self.seconds:
            return True
        if self._open or not (self._work is None or self._work.idle()):
            self._quiet_since = None
            return False
        if self._quiet_since is None:
            self._quiet_since = now
        unread = self._work is not None and self._work.unread() > 0
        return not unread or now - self._quiet_since >= LINGER

    def opened(self) -> None:
        """A request came whose answer has to go out."""
        self._open += 1

    def closed(self) -> None:
        self._open -= 1


class RefuseWhileStopping:
    """503 `line.stopping` with Retry-After for new work once the console ends; ``/healthz`` says so too."""

    def __init__(self, application: ASGIApp, drain: Drain) -> None:
        self._application, self._drain = application, drain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._application(scope, receive, send)
            return
        path, begun = scope["path"], self._drain.begun
        if begun and not GOES_ON.fullmatch(path):
            await self._refuse(scope, receive, send)
            return
        if STREAMS.fullmatch(path):
            await self._application(scope, receive, send)
            return
        self._drain.opened()
        try:
            await self._application(scope, receive, _last_one(send) if begun else send)
        finally:
            self._drain.closed()

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        seconds = self._drain.retry_after()
        error, headers = OcrwebError("line.stopping", seconds=seconds), {"Retry-After": str(seconds)}
        if scope["path"] == "/healthz" and scope["type"] == "http":
            told: dict[str, Any] = {
                **readiness.state().to_dict(),
                "ready": False,
                "stopping": True,
                "error": error.to_dict(),
            }
            await JSONResponse(told, UNAVAILABLE, headers=headers)(scope, receive, _last_one(send))
        else:
            await refuse(scope, receive, _last_one(send), UNAVAILABLE, error, headers)


def _last_one(send: Send) -> Send:
    """Close the connection after this answer, so that its visitor comes back to the next console."""

    async def closing(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), (b"connection", b"close")]}
        await send(message)

    return closing


def stop_seconds() -> float:
    """How long answers in flight may take once the console is told to end; ``OCRWEB_STOP_SECONDS`` sets it.

    Raises `usage.bad-value`.
    """
    return number(VARIABLE, STOP_SECONDS, zero=True)
