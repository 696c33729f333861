"""Only the console's own page acts on it from a browser; programs that are no browser are not asked."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ocrweb.errors import OcrwebError
from ocrweb.ui.guard.refusal import refuse

# What a link or a bookmark elsewhere may lead to: the page itself, which by itself does nothing, and its scripts.
OPEN_PATHS = frozenset({"/", "/favicon.ico", "/manifest.json", "/robots.txt", "/theme.css", "/healthz", "/labels/edit"})
OPEN_FOLDERS = ("/assets/", "/static/", "/svelte/", "/labels/static/", "/viewer/static/", "/help/")
METHODS = "GET, POST, PUT, OPTIONS"


def own_origin(scope: Scope, headers: Headers) -> str:
    """Host and port under which the browser sees this console; a default port is left out, as browsers do."""
    return (headers.get("x-forwarded-host") or headers.get("host", "")).lower()


def foreign(scope: Scope, friends: frozenset[str]) -> str | None:
    """The origin of the foreign page behind a request, None when there is none or it is a friend's.

    ``Origin`` decides, else ``Sec-Fetch-Site``, else ``Referer``. Another port of the same host is another origin. Where TLS
    is known of (a trusted proxy says so), a page without it is another origin as well.
    """
    headers = Headers(scope=scope)
    said = headers.get("origin", "").lower()
    if not said:
        site, referer = headers.get("sec-fetch-site"), _origin(headers.get("referer", ""))
        if site in ("same-origin", "none") or not (site or referer):
            return None
        if site:
            return None if referer in friends else referer or site
        said = referer
    if said in friends:
        return None
    address, secure = urlsplit(said), scope["scheme"] in ("https", "wss")
    same = address.netloc == own_origin(scope, headers) and (address.scheme == "https" or not secure)
    return None if same and address.scheme in ("http", "https") else said


def _origin(url: str) -> str:
    address = urlsplit(url.lower())
    return f"{address.scheme}://{address.netloc}" if address.netloc else ""


class OriginCheck:
    """Refuse what a page of another origin sends: 403 `access.foreign-origin`. No CORS header unless for `friends`.

    friends: origins (``https://portal.example.org``) whose pages may use the API.
    """

    def __init__(self, application: ASGIApp, friends: Iterable[str] = ()) -> None:
        self._application = application
        self._friends = frozenset(friend.lower().rstrip("/") for friend in friends)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._application(scope, receive, send)
            return
        looked_at = scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and _is_open(scope["path"])
        stranger = None if looked_at else foreign(scope, self._friends)
        if stranger is not None:
            await refuse(scope, receive, send, 403, OcrwebError("access.foreign-origin", origin=stranger[:80]))
            return
        origin = Headers(scope=scope).get("origin")
        if origin is not None:  # Gradio would answer every Origin with leave to read
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"origin"]}
        if origin is None or origin.lower() not in self._friends or scope["type"] == "websocket":
            await self._application(scope, receive, send)
            return
        leave = {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
        if scope["method"] == "OPTIONS":
            wanted = {
                "Access-Control-Allow-Methods": METHODS,
                "Access-Control-Allow-Headers": "Authorization, Content-Type",
            }
            await PlainTextResponse("", 204, headers={**leave, **wanted})(scope, receive, send)
            return

        async def with_leave(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update({**leave, "Cross-Origin-Resource-Policy": "cross-origin"})
            await send(message)

        await self._application(scope, receive, with_leave)


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith(OPEN_FOLDERS)
