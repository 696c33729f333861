"""Cookies that no other site can make a browser send, and no script can read."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send


def hardened(cookie: str, *, path: str, secure: bool) -> str:
    """A ``Set-Cookie`` value with our own attributes; its name, value and life stay.

    secure: the visitor came over TLS. Without it a ``Secure`` cookie would not come back at all.
    """
    pair, *attributes = [part.strip() for part in cookie.split(";")]
    kept = [part for part in attributes if part.partition("=")[0].strip().lower() in ("max-age", "expires")]
    ours = [f"Path={path}", "HttpOnly", "SameSite=Strict", *(["Secure"] if secure else [])]
    return "; ".join([pair, *kept, *ours])


class Cookies:
    """Harden each cookie of each answer. path: where the page lies, ``/`` or the sub-path of a proxy."""

    def __init__(self, application: ASGIApp, path: str = "/") -> None:
        self._application, self._path = application, path or "/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return

        async def harden(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    (name, self._hard(value, scope) if name.lower() == b"set-cookie" else value)
                    for name, value in message.get("headers", [])
                ]
            await send(message)

        await self._application(scope, receive, harden)

    def _hard(self, value: bytes, scope: Scope) -> bytes:
        return hardened(value.decode("latin-1"), path=self._path, secure=scope["scheme"] == "https").encode("latin-1")
