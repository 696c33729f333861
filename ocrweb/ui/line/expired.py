"""Questions for answers that are not there: refused in words, where Gradio begins a stream and then breaks it."""

from __future__ import annotations

import re

from gradio.queueing import Queue
from gradio.server_messages import UnexpectedErrorMessage
from starlette.datastructures import Headers, QueryParams
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ocrweb.errors import OcrwebError
from ocrweb.ui.guard.refusal import refuse
from ocrweb.ui.parts import texts

NOT_FOUND = 404
CALL = re.compile(r"/gradio_api/call/(?:v2/)?[^/]+/([^/]+)/?")
PAGE = re.compile(r"/gradio_api/queue/data/?")


class Expired:
    """404 `line.expired` for the answer to a call that is unknown or was dropped; the page gets the message that it knows."""

    def __init__(self, application: ASGIApp, queue: Queue) -> None:
        self._application, self._queue = application, queue

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._application(scope, receive, send)
        elif (call := CALL.fullmatch(scope["path"])) and not self._known_call(call[1]):
            await refuse(scope, receive, send, NOT_FOUND, OcrwebError("line.expired"))
        elif PAGE.fullmatch(scope["path"]) and (session := _session(scope)) and not self._known(session):
            sentence = OcrwebError("line.expired").message(texts.language_of_headers(Headers(scope=scope)))
            told = UnexpectedErrorMessage(message=sentence, session_not_found=True)
            response = Response(f"data: {told.model_dump_json()}\n\n", media_type="text/event-stream")
            await response(scope, receive, send)
        else:
            await self._application(scope, receive, send)

    def _known(self, session: str) -> bool:
        return session in self._queue.pending_messages_per_session

    def _known_call(self, event: str) -> bool:
        return self._known(event) or any(event in events for events in self._queue.pending_event_ids_session.values())


def _session(scope: Scope) -> str:
    return QueryParams(scope["query_string"]).get("session_hash", "")
