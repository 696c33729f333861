"""How a request to the page's own addresses is taken: how many may wait, which documents are read, and what stands for none."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from ocrweb.ui.line import answer
from ocrweb.ui.line.answer import Doors, answering, asked
from tests.own_loop import run_async


def request(body: bytes = b"", query: bytes = b"") -> Request:
    async def receive() -> Any:
        return {"type": "http.request", "body": body}

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/x",
        "headers": [(b"accept-language", b"en")],
        "query_string": query,
    }
    return Request(scope, receive)


def answered(body: bytes, work: Any) -> Any:
    async def ask() -> Any:  # its doors belong to the loop that it runs on
        return await answering(work, Doors())(request(body))

    return run_async(ask)


@pytest.mark.parametrize(("waiting", "status"), [(answer.MOST_WAITING - 1, 200), (answer.MOST_WAITING, 503)])
def test_so_many_wait_for_a_thread_and_who_comes_then_comes_again(
    monkeypatch: pytest.MonkeyPatch, waiting: int, status: int
) -> None:
    async def in_a_thread(work: Any, limiter: Any) -> Any:
        return work()

    monkeypatch.setattr(answer.anyio.to_thread, "run_sync", in_a_thread)
    doors: Any = SimpleNamespace(files=SimpleNamespace(statistics=lambda: SimpleNamespace(tasks_waiting=waiting)))
    told = run_async(answering(lambda *_: {"done": True}, doors), request())
    assert told.status_code == status
    if status == 503:
        assert json.loads(told.body)["error"]["code"] == "access.full"  # type: ignore[arg-type]
        assert told.headers["retry-after"] == "5"


@pytest.mark.parametrize(
    ("body", "document"), [(b"", None), (b"null", None), (b"{}", {}), ('{"页": [1]}'.encode(), {"页": [1]})]
)
def test_work_gets_the_document_that_came(body: bytes, document: Any) -> None:
    told = answered(body, lambda _, given: {"given": given})
    assert (told.status_code, json.loads(told.body)) == (200, {"given": document})
    assert told.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_document_is_refused_with_a_code(body: bytes) -> None:
    told = answered(body, lambda *_: {"done": True})
    assert (told.status_code, json.loads(told.body)["error"]["code"]) == (400, "access.bad-json")


def test_an_answer_of_its_own_kind_stays_as_it_is() -> None:
    own = PlainTextResponse("own", 202)
    assert answered(b"", lambda *_: own) is own


def test_a_parameter_that_is_not_there_is_empty() -> None:
    assert [asked(request(query=b"a=1&b="), name) for name in "abc"] == ["1", "", ""]
