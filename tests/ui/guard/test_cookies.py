"""What a cookie of ours lets a browser do."""

from __future__ import annotations

from typing import Any

import pytest

from ocrweb.ui.guard.cookies import Cookies, hardened
from tests.own_loop import run_async


@pytest.mark.parametrize(
    "cookie",
    ["t=abc; HttpOnly; Path=/; SameSite=none; Secure", "t=abc; HttpOnly; Path=/", "t=abc"],
    ids=["cross-site", "lax", "bare"],
)
def test_no_other_site_sends_it_and_no_script_reads_it(cookie: str) -> None:
    assert hardened(cookie, path="/", secure=False) == "t=abc; Path=/; HttpOnly; SameSite=Strict"


def test_behind_tls_it_never_travels_in_the_open_and_stays_below_its_path() -> None:
    assert hardened("t=abc", path="/ocr", secure=True) == "t=abc; Path=/ocr; HttpOnly; SameSite=Strict; Secure"


def test_a_deleted_cookie_stays_deleted() -> None:
    assert "Max-Age=0" in hardened('t=""; Max-Age=0; Path=/', path="/", secure=False)


@pytest.mark.parametrize(("scheme", "secure"), [("http", ""), ("https", "; Secure")])
def test_each_cookie_of_an_answer_is_hardened_and_nothing_else_of_it_is_touched(scheme: str, secure: str) -> None:
    headers = [(b"Set-Cookie", b"a=1; Path=/"), (b"content-type", b"text/plain; a=b"), (b"set-cookie", b"b=2")]
    told: list[Any] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": list(headers)})
        await send({"type": "http.response.body", "body": b"x"})

    async def send(message: Any) -> None:
        told.append(message)

    ours = f"; Path=/ocr; HttpOnly; SameSite=Strict{secure}".encode()
    run_async(Cookies(inner, "/ocr"), {"type": "http", "scheme": scheme}, None, send)
    assert told[0]["headers"] == [(b"Set-Cookie", b"a=1" + ours), headers[1], (b"set-cookie", b"b=2" + ours)]
    assert told[1]["body"] == b"x"
    run_async(Cookies(inner), {"type": "lifespan"}, None, send)
    assert len(told) == 3
