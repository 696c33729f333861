"""The login or the token with each request, on the addresses that programs use: the API, `/v1`, `/metrics` and the MCP tools."""

from __future__ import annotations

import base64

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ocrweb.errors import OcrwebError
from ocrweb.services.access.brake import Brake
from ocrweb.services.access.logins import Access
from ocrweb.ui.guard.login_brake import address_of, note, refuse_for
from ocrweb.ui.guard.refusal import refuse
from ocrweb.ui.seams.mounted import Sessions

API, TOOLS = "/gradio_api/", "/gradio_api/mcp"
PROGRAMS = ("/v1/", "/metrics")  # where a token is as good as the login
OWN = ("/labels/", "/viewer/", "/help/", *PROGRAMS)  # addresses of ours, which Gradio's login does not cover
SETTINGS = ("/config", "/config/")  # Gradio's clients begin here
UNAUTHORIZED = 401
BEARER = b"bearer "
ASK = {"WWW-Authenticate": 'Basic realm="ocrweb"'}
ASK_EITHER = {"WWW-Authenticate": 'Bearer realm="ocrweb", Basic realm="ocrweb"'}


class BasicLogin:
    """Take the login with each request (HTTP Basic), or the token (Bearer) at `PROGRAMS`, and ask for the login at the MCP tools.

    Wrong ones are slowed down like those of the page: 401 `access.wrong-login`, 429 `access.too-many-tries`. Whoever has
    logged in on the page is not asked at the API: a proxy in front may have a Basic login of its own. The tools know no
    cookie: Gradio's own login does not cover them.
    """

    def __init__(self, application: ASGIApp, access: Access, brake: Brake, sessions: Sessions) -> None:
        self._application, self._access, self._brake, self._sessions = application, access, brake, sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        tools = scope["type"] == "http" and scope["path"].startswith(TOOLS)
        if not tools and not self._is_asked(scope):
            await self._application(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"authorization")
        if given is None:
            await refuse(scope, receive, send, UNAUTHORIZED, OcrwebError("access.login-needed"), ASK)
            return
        address = address_of(scope)
        if wait := self._brake.waiting(address):
            await refuse_for(wait, scope, receive, send)
        elif self._admits(scope, given):
            self._brake.right(address)
            await self._application(self._sessions.given(scope), receive, send)
        else:
            note(address, "tools" if tools else "api", self._brake.mistaken(address))
            await refuse(scope, receive, send, UNAUTHORIZED, OcrwebError("access.wrong-login"), ASK if tools else None)

    def _is_asked(self, scope: Scope) -> bool:
        """Whether a request to the API brings a login of its own."""
        if scope["type"] != "http" or not (scope["path"].startswith((API, *OWN)) or scope["path"] in SETTINGS):
            return False
        given = dict(scope["headers"]).get(b"authorization", b"")
        own = given[:6].lower() == b"basic " or (_is_bearer(given) and scope["path"].startswith(PROGRAMS))
        return own and not self._sessions.has(scope)

    def _admits(self, scope: Scope, given: bytes) -> bool:
        if _is_bearer(given) and scope["path"].startswith(PROGRAMS):
            return self._access.admits_token(given[len(BEARER) :].strip().decode("utf-8", "replace"))
        return self._access.admits(*credentials(given))


class OwnLogin:
    """Ask for the login at the console's own addresses: 401 `access.login-needed`, and a person is led to the form."""

    def __init__(self, application: ASGIApp, sessions: Sessions) -> None:
        self._application, self._sessions = application, sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        own = scope["type"] == "http" and f"{scope['path']}/".startswith(OWN)
        if not own or self._sessions.has(scope):
            await self._application(scope, receive, send)
        elif scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", ""):
            await RedirectResponse(f"{scope.get('root_path', '')}/", 303)(scope, receive, send)
        else:
            ask = ASK_EITHER if scope["path"].startswith(PROGRAMS) else None
            await refuse(scope, receive, send, UNAUTHORIZED, OcrwebError("access.login-needed"), ask)


def _is_bearer(header: bytes) -> bool:
    return header[: len(BEARER)].lower() == BEARER


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
