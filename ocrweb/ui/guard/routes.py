"""Which addresses of the page are open: those that it needs; what else Gradio brings is closed."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Receive, Scope, Send

from ocrweb.errors import OcrwebError
from ocrweb.ui.guard.refusal import refuse

READ = ("GET", "HEAD")
API = r"/gradio_api"
# The page itself, its scripts and styles, what it watches, and its answers.
OPEN_TO_READ = re.compile(
    r"/|/healthz|/logout|/(config|login_check|user|app_id|theme\.css|favicon\.ico|robots\.txt|manifest\.json)/?"
    r"|/pwa_icon(/[^/]+)?|/(static|assets|svelte)/.+"
    rf"|{API}/(info|openapi\.json|startup-events|app_id|user|login_check|theme\.css|heartbeat/[^/]+)/?"
    rf"|{API}/(queue/(data|status)|upload_progress|call/(v2/)?[^/]+/[^/]+)|{API}/file=.*"
    r"|/labels(/.*)?|/viewer/.+|/help(/.*)?"  # the editor, what shows pictures, the manual
    r"|/v1/(models|line|openapi\.json)|/metrics"  # programs
)
OPEN_TO_POST = re.compile(
    rf"/login/?|{API}/(upload|cancel|reset/?|queue/join/?|(run|api|call|call/v2)/[^/]+/?)|/labels/api/[a-z-]+|/v1/detect"
)
OPEN_TO_PUT = re.compile(r"/labels/api/labels")
TOOLS = re.compile(rf"{API}/mcp(/.*)?")  # every method: the protocol deletes and streams
PROGRAMS = "/v1/"
STORED_PAGE = "deep_link"  # a parameter by which Gradio shows what another visitor has stored


def is_open(method: str, path: str) -> bool:
    """Whether the console answers such a request at all. path: below the console's own root."""
    if TOOLS.fullmatch(path):
        return True
    if method in READ:
        return OPEN_TO_READ.fullmatch(path) is not None
    written = {"POST": OPEN_TO_POST, "PUT": OPEN_TO_PUT}.get(method)
    return written is not None and written.fullmatch(path) is not None


class OpenRoutes:
    """404 `access.closed` for every address that the page does not need, whatever lies behind it."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not (is_open(scope["method"], scope["path"]) and not _asks_for_link(scope)):
            await _closed(scope, receive, send)
            return
        await self._application(scope, receive, send)


async def _closed(scope: Scope, receive: Receive, send: Send) -> None:
    """404; 405 where a program took the wrong method for one of its own addresses."""
    method, path = scope["method"], scope["path"]
    others = [other for other in ("GET", "POST") if path.startswith(PROGRAMS) and is_open(other, path)]
    if others and method not in others:
        error = OcrwebError("access.other-method", method=method, allowed=others[0])
        await refuse(scope, receive, send, 405, error, {"Allow": others[0]})
        return
    await refuse(scope, receive, send, 404, OcrwebError("access.closed"))


def _asks_for_link(scope: Scope) -> bool:
    return STORED_PAGE in parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
