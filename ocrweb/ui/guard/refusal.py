"""How a wrapper refuses: the coded document of the API, in the visitor's language."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from ocrweb.errors import OcrwebError
from ocrweb.ui.parts import texts

POLICY_VIOLATION = 1008  # RFC 6455, the close code of a websocket that is refused


async def refuse(
    scope: Scope, receive: Receive, send: Send, status: int, error: OcrwebError, headers: dict[str, str] | None = None
) -> None:
    """Answer with ``{"error": {code, message, hint}, "detail"}``; a websocket is closed.

    ``detail`` is the sentence that Gradio's clients show.
    """
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": error.code})
        return
    await refusal(scope, status, error, headers)(scope, receive, send)


def refusal(scope: Scope, status: int, error: OcrwebError, headers: dict[str, str] | None = None) -> JSONResponse:
    """The document alone, for whoever answers with it."""
    lang = texts.language_of_headers(Headers(scope=scope))
    told = error.to_dict(lang)
    return JSONResponse({"error": told, "detail": f"{told['message']} {told['hint']}"}, status, headers=headers)
