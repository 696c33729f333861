"""The brake on wrong passwords, on the page's login."""

from __future__ import annotations

import logging
import math

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ocrweb.errors import OcrwebError
from ocrweb.services.brake import Brake
from ocrweb.ui.guard.refusal import refuse

TOO_MANY = 429
LOGIN = ("/login", "/login/")
log = logging.getLogger("ocrweb.login")


class LoginBrake:
    """Slow down wrong passwords given to the page's login, address by address: 429 `access.too-many-tries`."""

    def __init__(self, application: ASGIApp, brake: Brake) -> None:
        self._application, self._brake = application, brake

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] not in LOGIN:
            await self._application(scope, receive, send)
            return
        address = address_of(scope)
        if wait := self._brake.waiting(address):
            await refuse_for(wait, scope, receive, send)
            return
        pause = self._brake.mistaken(address)  # until it proves right: many sent at once count too

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                if message["status"] < 400:
                    self._brake.right(address)
                else:
                    note(address, "page", pause)
            await send(message)

        await self._application(scope, receive, watched)


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
