"""Whose word about a visitor is believed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from ocrweb.errors import OcrwebError
from ocrweb.ui.guard.forwarded import Forwarded
from ocrweb.ui.guard.order import checked_proxy
from ocrweb.ui.guard.subpath import SubPath
from tests.own_loop import run_async

Behind = Callable[..., TestClient]
TOLD = {
    "x-forwarded-for": "203.0.113.9",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "ocr.example.org",
    "x-gradio-server": "http://evil.example",
    "forwarded": "for=203.0.113.9",
}


def test_a_visitor_tells_nothing_about_himself(behind: Behind) -> None:
    for proxies in ([], [checked_proxy("10.0.0.0/8")]):
        told = behind(Forwarded, proxies=proxies).get("/", headers=TOLD).json()
        assert (told["visitor"], told["scheme"]) == ("127.0.0.1", "http")
        assert not set(TOLD) & set(told["headers"])


def test_a_trusted_proxy_tells_visitor_scheme_and_host(behind: Behind) -> None:
    told = behind(Forwarded, proxies=[checked_proxy("127.0.0.1")]).get("/", headers=TOLD).json()
    assert (told["visitor"], told["scheme"]) == ("203.0.113.9", "https")
    assert told["headers"]["x-forwarded-host"] == "ocr.example.org"
    assert not {"x-gradio-server", "forwarded", "x-forwarded-for"} & set(told["headers"])


@pytest.mark.parametrize(
    ("chain", "visitor"),
    [
        ("1.1.1.1, 203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, 10.0.0.7", "203.0.113.9"),
        ("1.1.1.1, nonsense, 10.0.0.7", "10.0.0.7"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", "10.0.0.1"),
    ],
    ids=["forged before", "two proxies", "nonsense", "v6", "port", "mapped", "none"],
)
def test_the_visitor_is_the_last_hop_that_is_no_proxy_of_ours(behind: Behind, chain: str, visitor: str) -> None:
    client = behind(Forwarded, peer="10.0.0.1", proxies=[checked_proxy("10.0.0.0/8")])
    assert client.get("/", headers={"x-forwarded-for": chain}).json()["visitor"] == visitor


def test_of_several_schemes_and_hosts_the_nearest_proxys_count(behind: Behind) -> None:
    """What stands before it came with the request, and may be the visitor's own."""
    said = {"x-forwarded-host": "evil.example, ocr.example.org", "x-forwarded-proto": "http, https"}
    told = behind(Forwarded, proxies=[checked_proxy("127.0.0.1")]).get("/", headers=said).json()
    assert told["headers"]["x-forwarded-host"] == "ocr.example.org"
    assert (told["headers"]["x-forwarded-proto"], told["scheme"]) == ("https", "https")


def test_a_proxy_that_is_no_address_is_refused() -> None:
    with pytest.raises(OcrwebError) as caught:
        checked_proxy("nginx")
    assert caught.value.code == "access.bad-proxy"


@pytest.mark.parametrize(
    ("asked", "seen"), [("/ocr/config", "/config"), ("/config", "/config"), ("/ocr", "/"), ("/ocrs/a", "/ocrs/a")]
)
def test_a_sub_path_is_taken_off_if_the_proxy_left_it_on(behind: Behind, asked: str, seen: str) -> None:
    assert behind(SubPath, path="/ocr").get(asked).json()["path"] == seen


@pytest.mark.parametrize(
    ("raw", "seen"),
    [(b"/ocr/%E9%A1%B5", b"/%E9%A1%B5"), (b"/ocr", b"/"), (b"/%6Fcr/a", b"/%6Fcr/a"), (None, None)],
    ids=["below", "the path itself", "written otherwise", "none"],
)
def test_the_address_as_it_was_sent_loses_the_sub_path_too(raw: bytes | None, seen: bytes | None) -> None:
    passed: list[Any] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        passed.append(scope)

    scope = {"type": "http", "path": "/ocr/a", "raw_path": raw}
    run_async(SubPath(inner, "/ocr"), scope, None, None)
    assert (passed[0]["path"], passed[0]["raw_path"]) == ("/a", seen)
