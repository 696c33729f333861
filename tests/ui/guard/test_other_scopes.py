"""Guards look at what they are for: a socket, the start of the server and other addresses pass them untouched."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.middleware import Middleware
from starlette.types import Message, Scope

from ocrweb.services.access.logins import Access
from ocrweb.ui.guard.order import wrappers
from ocrweb.ui.guard.page_policy import PagePolicy
from ocrweb.ui.guard.uploads import UploadAnswers
from ocrweb.ui.line.expired import Expired
from tests.own_loop import run_async

NETWORK = ("HostCheck", "OriginCheck", "OwnLogin", "RefuseWhileStopping", "OpenRoutes")  # these judge sockets too
QUEUE: Any = SimpleNamespace(pending_messages_per_session={}, pending_event_ids_session={})
ALL = [
    *wrappers(Access(("anna", "a right password")), host="127.0.0.1"),
    Middleware(PagePolicy),
    Middleware(Expired, queue=QUEUE),
]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))


def scope_of(kind: str, path: str = "/somewhere", method: str = "GET") -> Scope:
    scope: Scope = {
        "type": kind,
        "path": path,
        "headers": [],
        "query_string": b"",
        "root_path": "",
        "client": ("127.0.0.1", 1),
    }
    return scope | ({"method": method} if kind == "http" else {})


def passed(wrapper: Any, scope: Scope, *answers: Message) -> tuple[list[Scope], list[Message]]:
    """What reached the inside, which sends these answers, and what came out."""
    inside: list[Scope] = []
    outside: list[Message] = []

    async def application(given: Scope, receive: Any, send: Any) -> None:
        inside.append(given)
        for answer in answers:
            await send(answer)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        outside.append(message)

    async def call() -> None:
        await wrapper.cls(application, *wrapper.args, **wrapper.kwargs)(scope, receive, send)

    run_async(call)
    return inside, outside


@pytest.mark.parametrize("wrapper", ALL, ids=lambda wrapper: wrapper.cls.__name__)
def test_the_start_of_the_server_passes_all(wrapper: Any) -> None:
    inside, outside = passed(wrapper, {"type": "lifespan"}, {"type": "lifespan.startup.complete"})
    assert [scope["type"] for scope in inside] == ["lifespan"]
    assert outside == [{"type": "lifespan.startup.complete"}]


@pytest.mark.parametrize(
    "wrapper", [one for one in ALL if one.cls.__name__ not in NETWORK], ids=lambda wrapper: wrapper.cls.__name__
)
def test_a_socket_passes_those_that_judge_requests_alone(wrapper: Any) -> None:
    inside, outside = passed(wrapper, scope_of("websocket"), {"type": "websocket.accept"})
    assert [scope["type"] for scope in inside] == ["websocket"]
    assert outside == [{"type": "websocket.accept"}]


@pytest.mark.parametrize("status", [400, 413, 507])
@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/gradio_api/upload", True),
        ("/gradio_api/upload/", True),
        ("/gradio_api/uploads", False),
        ("/v1/detect", False),
    ],
)
def test_a_refusal_is_put_into_words_where_uploads_go_and_nowhere_else(path: str, told: bool, status: int) -> None:
    theirs: list[Message] = [
        {"type": "http.response.start", "status": status, "headers": []},
        {"type": "http.response.body", "body": b"theirs"},
    ]
    _, outside = passed(Middleware(UploadAnswers, limit=2**20), scope_of("http", path, "POST"), *theirs)
    assert outside[0]["status"] == status
    assert (outside[1]["body"] == b"theirs") is not told
    assert (b"access." in outside[1]["body"]) is told


@pytest.mark.parametrize(
    ("path", "method", "refused"),
    [
        ("/gradio_api/call/detect/abc", "GET", True),
        ("/gradio_api/call/detect/abc", "POST", False),
        ("/gradio_api/call/detect", "GET", False),
        ("/gradio_api/queue/data", "GET", False),
    ],
)
def test_only_a_question_for_an_answer_that_is_not_there_is_refused(path: str, method: str, refused: bool) -> None:
    inside, outside = passed(Middleware(Expired, queue=QUEUE), scope_of("http", path, method))
    assert bool(inside) is not refused
    assert ([message.get("status") for message in outside[:1]] == [404]) is refused
