"""The page's policy: each script of an HTML answer has the nonce that the policy asks for; all else passes as it is."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ocrweb.ui.guard.page_policy import PagePolicy, script_hashes

PAGE = "<head><script>a()</script></head><body><script type='x'>b()</script><scripts>a word of </head> in a text</body>"


async def answered(request: Request) -> Response:
    path = request.url.path
    if path == "/plain":
        return PlainTextResponse(PAGE)
    if path == "/pieces":
        return StreamingResponse(iter([PAGE[:20].encode(), PAGE[20:].encode()]), media_type="text/html")
    return HTMLResponse(PAGE, headers={"Cache-Control": "max-age=9"})


@pytest.fixture
def client() -> TestClient:
    inside = Starlette(routes=[Route("/{rest:path}", answered)])
    return TestClient(PagePolicy(inside, known=["'sha256-known'"], additions=["added()"]))


@pytest.mark.parametrize("path", ["/", "/pieces"], ids=["at once", "in pieces"])
def test_each_script_carries_the_nonce_of_the_policy(client: TestClient, path: str) -> None:
    answer = client.get(path)
    (nonce,) = set(re.findall(r'<script nonce="([^"]+)"', answer.text))
    assert answer.text.count("<script ") == 3
    assert "<script>" not in answer.text
    assert "<scripts>" in answer.text
    assert f'<script nonce="{nonce}">added()</script></head>' in answer.text
    policy = answer.headers["content-security-policy"]
    assert f"script-src 'self' 'unsafe-eval' 'nonce-{nonce}' 'sha256-known';" in policy
    assert answer.headers["cache-control"] == "no-store"
    if path == "/":
        assert int(answer.headers["content-length"]) == len(answer.content)
    assert nonce not in client.get(path).text


@pytest.mark.parametrize("path", ["/plain", "/gradio_api/file=/x.html"])
def test_what_is_no_page_or_comes_from_a_visitor_gets_no_nonce(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.text == PAGE
    assert "content-security-policy" not in answer.headers


def test_a_question_for_the_headers_alone_is_not_told_the_length_of_an_empty_body(client: TestClient) -> None:
    headers = client.head("/").headers
    assert "nonce-" in headers["content-security-policy"]
    assert int(headers["content-length"]) == len(PAGE)


def test_scripts_of_our_own_are_known_by_their_content() -> None:
    first, second = script_hashes("<script>a()</script> <script src='x'></script><script>\nb()</script>")
    assert first != second
    assert first == script_hashes("<script>a()</script>")[0]
    assert all(re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", one) for one in (first, second))
    assert script_hashes("<p>a()</p>") == []
