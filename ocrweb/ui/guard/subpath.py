"""The console below a path of a proxy: addresses arrive with that path or without it."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class SubPath:
    """Take the path off, so that everything further in sees the addresses that it knows.

    path: ``/ocr``, or empty for none.
    """

    def __init__(self, application: ASGIApp, path: str = "") -> None:
        self._application, self._path = application, path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._path and scope["type"] in ("http", "websocket") and f"{scope['path']}/".startswith(f"{self._path}/"):
            raw, prefix = scope.get("raw_path") or b"", self._path.encode()
            scope = {**scope, "path": scope["path"][len(self._path) :] or "/"}
            if raw.startswith(prefix):
                scope["raw_path"] = raw[len(prefix) :] or b"/"
        await self._application(scope, receive, send)
