"""Every request by the kind of its address and the status of its answer, told to whoever counts them."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

KINDS = (
    ("/v1/", "v1"),
    ("/metrics", "metrics"),
    ("/healthz", "health"),
    ("/labels", "labels"),
    ("/gradio_api/mcp", "mcp"),
    ("/gradio_api/upload", "upload"),
    ("/gradio_api/file=", "file"),
    ("/gradio_api/", "api"),
    ("/static/", "static"),
    ("/assets/", "static"),
    ("/svelte/", "static"),
    ("/login", "login"),
)  # an address belongs to the first that it begins with
PAGE, OTHER = "page", "other"
LEFT = 499  # nothing was answered: the visitor had gone, or the request failed past all handlers
Count = Callable[[str, int], None]


def kind_of(path: str) -> str:
    """One of few words, whatever address somebody makes up. path: below the console's own root."""
    if path in ("", "/"):
        return PAGE
    return next((kind for start, kind in KINDS if path.startswith(start)), OTHER)


class Counted:
    """count: gets kind and status when the answer begins, since streams end when the visitor leaves."""

    def __init__(self, application: ASGIApp, count: Count) -> None:
        self._application, self._count = application, count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        status = LEFT

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._count(kind_of(scope["path"]), status)
            await send(message)

        try:
            await self._application(scope, receive, told)
        finally:
            if status == LEFT:
                self._count(kind_of(scope["path"]), status)
