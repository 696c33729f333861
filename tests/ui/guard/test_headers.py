"""Headers of every answer: what is open, what is kept, and which served files a browser may show."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from ocrweb.ui.guard.headers import ANSWER_POLICY, EVERYWHERE, SafeHeaders


async def answered(request: Request) -> Response:
    """As the query says: ``status``, ``kind``, and any header by its name."""
    asked = dict(request.query_params)
    status, kind = int(asked.pop("status", "200")), asked.pop("kind", "text/html")
    return Response(b"x", status, {"content-type": kind, **asked})


async def talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


@pytest.fixture
def client() -> TestClient:
    inside = Starlette(routes=[WebSocketRoute("/talk", talk), Route("/{rest:path}", answered)])
    return TestClient(SafeHeaders(inside))


@pytest.mark.parametrize("path", ["/", "/gradio_api/info", "/gradio_api/file=/x", "/nowhere?status=404"])
def test_every_answer_says_what_a_browser_may_do_with_it(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert {name: headers[name] for name in EVERYWHERE} == EVERYWHERE
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["content-security-policy"] == ANSWER_POLICY


def test_what_is_set_further_in_stays(client: TestClient) -> None:
    headers = client.get("/?Content-Security-Policy=own&X-Frame-Options=SAMEORIGIN&Cache-Control=max-age%3D9").headers
    assert headers["content-security-policy"] == "own"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["cache-control"] == "max-age=9"


def test_a_worker_of_the_page_runs_under_no_policy_of_ours(client: TestClient) -> None:
    assert "content-security-policy" not in client.get("/assets/worker.js").headers
    assert "content-security-policy" in client.get("/assets").headers


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/gradio_api/info", "no-store"),
        ("/config", "no-store"),
        ("/gradio_api/file=/x?kind=image/png", "private"),
        ("/configuration", None),
        ("/", None),
    ],
)
def test_what_is_of_one_visitor_is_kept_nowhere(client: TestClient, path: str, kept: str | None) -> None:
    assert client.get(path).headers.get("cache-control") == kept


@pytest.mark.parametrize("kind", ["image/png", "IMAGE/JPEG; charset=x", "image/webp", "image/gif", "image/bmp"])
def test_a_picture_of_dots_is_shown(client: TestClient, kind: str) -> None:
    headers = client.get("/gradio_api/file=/x", params={"kind": kind}).headers
    assert headers["content-type"] == kind
    assert "content-disposition" not in headers


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/pdf", "image/png2"])
def test_everything_else_that_a_visitor_may_have_made_is_saved(client: TestClient, kind: str) -> None:
    headers = client.get("/gradio_api/file=/x", params={"kind": kind}).headers
    assert (headers["content-type"], headers["content-disposition"]) == ("application/octet-stream", "attachment")
    named = client.get("/gradio_api/file=/x", params={"kind": kind, "Content-Disposition": 'inline; filename="a.html"'})
    assert named.headers["content-disposition"] == 'attachment; filename="a.html"'


@pytest.mark.parametrize(("status", "saved"), [(200, True), (206, True), (299, True), (300, False), (404, False)])
def test_a_refusal_in_the_place_of_a_file_is_read_and_not_saved(client: TestClient, status: int, saved: bool) -> None:
    headers = client.get(f"/gradio_api/file=/x?status={status}", follow_redirects=False).headers
    assert (headers["content-type"] == "application/octet-stream") is saved


def test_a_socket_is_left_alone(client: TestClient) -> None:
    with client.websocket_connect("/talk") as socket:
        assert socket.receive_text() == "hello"
