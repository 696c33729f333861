"""Each request is counted once, by a kind of which there are few and the status of its answer."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.testclient import TestClient

from ocrweb.ui.guard.counted import Counted, kind_of


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "page"),
        ("/v1/detect", "v1"),
        ("/labels/edit", "labels"),
        ("/gradio_api/queue/join", "api"),
        ("/gradio_api/mcp/x", "mcp"),
        ("/gradio_api/file=/a/b", "file"),
        ("/wp-login.php", "other"),
        ("/v1x", "other"),
    ],
)
def test_an_address_has_a_kind(path: str, kind: str) -> None:
    assert kind_of(path) == kind


async def answered(request: Request) -> Response:
    if request.url.path == "/fails":
        raise KeyError("x")
    return PlainTextResponse("", 404 if request.url.path == "/gone" else 200)


def test_status_is_that_of_the_answer_and_what_is_never_answered_counts_too() -> None:
    counted: list[tuple[str, int]] = []
    inner: Any = Starlette()
    inner.router.default = answered_by
    client = TestClient(Counted(inner.router, lambda kind, status: counted.append((kind, status))))
    for path in ("/", "/gone"):
        client.get(path)
    with pytest.raises(KeyError):
        client.get("/fails")
    assert counted == [("page", 200), ("other", 404), ("other", 499)]


async def answered_by(scope: Any, receive: Any, send: Any) -> None:
    await (await answered(Request(scope, receive)))(scope, receive, send)
