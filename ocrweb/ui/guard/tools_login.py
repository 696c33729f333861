"""The login on the addresses of the MCP tools: Gradio's own covers its page, not these."""

from __future__ import annotations

import base64

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ocrweb.services.access.brake import Brake
from ocrweb.services.access.logins import Access
from ocrweb.ui.guard.login_brake import address_of, note, refuse_for

PREFIX = "/gradio_api/mcp"


class ToolsLogin:
    """Ask for the login (HTTP Basic) on the tools' addresses: Gradio's own login covers its page, not these.

    Wrong ones are slowed down like those of the page.
    """

    def __init__(self, application: ASGIApp, access: Access, brake: Brake) -> None:
        self._application, self._access, self._brake = application, access, brake

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._access.open_to_all or scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._application(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"authorization")
        if given is not None:
            address = address_of(scope)
            if wait := self._brake.waiting(address):
                await refuse_for(wait, scope, receive, send)
                return
            if self._access.admits(*credentials(given)):
                self._brake.right(address)
                await self._application(scope, receive, send)
                return
            note(address, "tools", self._brake.mistaken(address))
        refusal = JSONResponse(
            {"detail": "Not authenticated"}, 401, headers={"WWW-Authenticate": 'Basic realm="ocrweb"'}
        )
        await refusal(scope, receive, send)


def credentials(header: bytes) -> tuple[str, str]:
    """User and password of an ``Authorization: Basic`` header; empty ones when it is none."""
    scheme, _, packed = header.partition(b" ")
    if scheme.lower() != b"basic":
        return "", ""
    try:
        user, _, password = base64.b64decode(packed.strip(), validate=True).decode("utf-8").partition(":")
    except ValueError:  # also what is no UTF-8
        return "", ""
    return user, password
