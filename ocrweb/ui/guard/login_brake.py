"""The brake on wrong passwords, on the page's login."""

from __future__ import annotations

import logging
import math

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ocrweb.errors import OcrwebError
from ocrweb.services.access.brake import Brake
from ocrweb.services.access.logins import Access
from ocrweb.ui.guard.refusal import refuse

TOO_MANY = 429
LONGEST_FORM = 1 << 16  # bytes
LOGIN = ("/login", "/login/")
log = logging.getLogger("ocrweb.login")


class LoginBrake:
    """Look at what is given to the page's login before Gradio does, and slow down wrong passwords address by address.

    429 `access.too-many-tries` while an address has to wait; 400 for a wrong login, as Gradio answers. From the moment that
    the form is whole nothing is waited for, so that many tries sent at once are counted like those one after the other, and
    many right ones at once all pass.
    """

    def __init__(self, application: ASGIApp, access: Access, brake: Brake) -> None:
        self._application, self._access, self._brake = application, access, brake

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] not in LOGIN:
            await self._application(scope, receive, send)
            return
        body = await _whole(receive)
        user, password = await _login_in(scope, body)
        address = address_of(scope)
        if wait := self._brake.waiting(address):
            await refuse_for(wait, scope, receive, send)
        elif self._access.admits(user.strip(), password):
            self._brake.right(address)
            await self._application(scope, _again(body, receive), send)
        else:
            note(address, "page", self._brake.mistaken(address))
            await JSONResponse({"detail": "Incorrect credentials."}, 400)(scope, receive, send)


async def _whole(receive: Receive) -> bytes:
    """The body of a request; empty when it is longer than a login can be, or when the visitor has gone."""
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        body += message.get("body", b"")
        if len(body) > LONGEST_FORM:
            return b""
        if not message.get("more_body", False):
            return body


async def _login_in(scope: Scope, body: bytes) -> tuple[str, str]:
    """User and password of a form; empty ones when it is none."""
    try:
        form = await Request(scope, _again(body)).form()
    except HTTPException:
        return "", ""
    user, password = form.get("username"), form.get("password")
    return (user, password) if isinstance(user, str) and isinstance(password, str) else ("", "")


def _again(body: bytes, rest: Receive | None = None) -> Receive:
    """A body that was read already, then what comes after it."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages or rest is None else await rest()

    return receive


async def refuse_for(seconds: float, scope: Scope, receive: Receive, send: Send) -> None:
    """429 with the whole seconds to wait."""
    whole = math.ceil(seconds)
    error = OcrwebError("access.too-many-tries", seconds=whole)
    await refuse(scope, receive, send, TOO_MANY, error, {"Retry-After": str(whole)})


def note(address: str, door: str, pause: float) -> None:
    """A line for the owner, and for programs that read logs: no name and no password, which is often typed as the name."""
    log.warning("login refused from %s (%s), next try in %d s", address, door, math.ceil(pause))


def address_of(scope: Scope) -> str:
    """The visitor's address; a trusted proxy's word is already in it."""
    return scope["client"][0] if scope.get("client") else "local"
