"""Which wrappers stand around the page: with a login its guards, and addresses that are checked before anything is served."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.testclient import TestClient

from ocrweb.errors import OcrwebError
from ocrweb.services.access.logins import Access
from ocrweb.ui.guard.order import checked_origin, checked_proxy, checked_root_path, put_around, wrappers


def names(access: Access, **given: Any) -> list[str]:
    return [wrapper.cls.__name__ for wrapper in wrappers(access, host="127.0.0.1", **given)]


def test_a_login_has_its_guards_inside_those_of_the_network_and_outside_those_of_files() -> None:
    opened, locked = names(Access(None)), names(Access(("anna", "a right password")))
    guards = ["LoginBrake", "BasicLogin", "OwnLogin"]
    assert [name for name in locked if name not in guards] == opened
    first = locked.index(guards[0])
    assert locked[first : first + 3] == guards
    assert opened[0] == "Departed"
    assert opened[-2:] == ["UploadAnswers", "FileValues"]
    assert opened.index("SafeHeaders") < opened.index("HostCheck") < opened.index("OriginCheck") < first


def test_the_first_of_the_list_sees_a_request_first() -> None:
    seen: list[str] = []

    class Noting:
        def __init__(self, application: Any, name: str) -> None:
            self.application, self.name = application, name

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                seen.append(self.name)
            await self.application(scope, receive, send)

    application = FastAPI()

    @application.get("/")
    async def answer(request: Request) -> Response:
        return PlainTextResponse("x")

    put_around(application, [Middleware(Noting, name="outer"), Middleware(Noting, name="inner")])
    assert TestClient(application).get("/").text == "x"
    assert seen == ["outer", "inner"]


@pytest.mark.parametrize("text", ["", "/", "//", "ocr", "/ocr/", "a/b", "/a-b_c.d~e/"])
def test_a_path_below_which_the_console_stands(text: str) -> None:
    path = checked_root_path(text)
    assert path == "".join(f"/{part}" for part in text.split("/") if part)


@pytest.mark.parametrize("text", ["..", "/a/../b", ".", "/a b", "/a?b", "/a%2e", '/"'])
def test_a_path_that_could_mean_another_is_refused(text: str) -> None:
    with pytest.raises(OcrwebError) as caught:
        checked_root_path(text)
    assert (caught.value.code, caught.value.params["value"]) == ("access.bad-root-path", text)


def test_a_friend_is_a_scheme_and_a_host_and_nothing_behind() -> None:
    assert checked_origin("HTTPS://Example.org:8443/") == "https://example.org:8443"
    assert checked_origin("http://a") == "http://a"
    for text in ("example.org", "ftp://a", "http://", "http://a/path", "http://a?x=1", ""):
        with pytest.raises(OcrwebError) as caught:
            checked_origin(text)
        assert caught.value.code == "access.bad-origin", text


def test_a_proxy_is_an_address_or_a_network() -> None:
    assert str(checked_proxy("10.0.0.1")) == "10.0.0.1/32"
    assert str(checked_proxy("10.1.2.3/8")) == "10.0.0.0/8"
    with pytest.raises(OcrwebError) as caught:
        checked_proxy("proxy.local")
    assert caught.value.code == "access.bad-proxy"
