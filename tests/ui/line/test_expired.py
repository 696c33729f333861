"""Who asks for an answer that is not there is told so; every other question goes on as it came."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.ui.line.expired import Expired

QUEUE: Any = SimpleNamespace(
    pending_messages_per_session={"listens": None}, pending_event_ids_session={"one": {"a"}, "other": {"b"}, "none": set()}
)  # fmt: skip


def asked(path: str, query: str = "", method: str = "GET", kind: str = "http") -> tuple[bool, list[dict[str, Any]]]:
    """Whether the question went on, and what was sent in its place."""
    went_on: list[str] = []
    sent: list[dict[str, Any]] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        went_on.append(scope["path"])

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": kind, "method": method, "path": path, "query_string": query.encode(), "headers": []}
    asyncio.run(Expired(application, QUEUE)(scope, receive, send))
    return bool(went_on), sent


@pytest.mark.parametrize(
    ("path", "query", "goes_on"),
    [
        ("/gradio_api/call/detect/a", "", True), ("/gradio_api/call/v2/detect/b/", "", True),
        ("/gradio_api/call/detect/listens", "", True), ("/gradio_api/call/detect/c", "", False),
        ("/gradio_api/call/v2/detect/one", "", False), ("/gradio_api/call/detect", "", True),
        ("/gradio_api/queue/data", "session_hash=listens", True), ("/gradio_api/queue/data/", "session_hash=one", False),
        ("/gradio_api/queue/data", "", True), ("/gradio_api/queue/join", "session_hash=c", True),
    ],
)  # fmt: skip
def test_a_call_is_known_by_itself_or_as_a_session_and_a_page_by_its_session(
    path: str, query: str, goes_on: bool
) -> None:
    went_on, sent = asked(path, query)
    assert (went_on, not sent) == (goes_on, goes_on)
    if not goes_on:
        assert sent[0]["status"] == (404 if "/call/" in path else 200)
        assert (b"session_not_found" in sent[1]["body"]) is ("/queue/" in path)


@pytest.mark.parametrize(("method", "kind"), [("POST", "http"), ("GET", "websocket")])
def test_only_questions_for_answers_are_looked_at(method: str, kind: str) -> None:
    assert asked("/gradio_api/call/detect/c", method=method, kind=kind) == (True, [])
