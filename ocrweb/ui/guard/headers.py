"""Headers of every answer: what a browser may do with it, and who may use it."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FILES = "/gradio_api/file="
# Pictures of dots cannot hold a script; everything else that a visitor may have made is saved, never shown.
RASTER = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp"})
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
}
ANSWER_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"


class SafeHeaders:
    """Put them on; a header that something further in has set with more knowledge stays.

    Served files other than raster pictures become ``application/octet-stream`` to be saved.
    """

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                headers = MutableHeaders(scope=message)
                for name, value in EVERYWHERE.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
                if not scope["path"].startswith("/assets/"):  # a worker runs under the policy of its own file
                    headers.setdefault("Content-Security-Policy", ANSWER_POLICY)
                if scope["path"].startswith(FILES):
                    _as_file(headers, message["status"])
                elif scope["path"].startswith("/gradio_api/") or scope["path"] == "/config":
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._application(scope, receive, with_headers)


def _as_file(headers: MutableHeaders, status: int) -> None:
    headers.setdefault("Cache-Control", "private")
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if status >= 300 or kind in RASTER:
        return
    headers["Content-Type"] = "application/octet-stream"
    _, _, name = headers.get("content-disposition", "").partition(";")
    headers["Content-Disposition"] = f"attachment;{name}" if name else "attachment"
