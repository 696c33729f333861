"""Wrong passwords at the page's login, at the tools' and at the API's."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from ocrweb.services.access.brake import FREE, Brake
from ocrweb.services.access.logins import Access
from ocrweb.ui.guard.basic_login import TOOLS, BasicLogin, credentials
from ocrweb.ui.guard.login_brake import LONGEST_FORM, LoginBrake, _login_in, _whole
from ocrweb.ui.seams.mounted import Sessions
from tests.own_loop import run_async

LOGIN = ("anna", "a right password")


async def _login(request: Request) -> JSONResponse:
    """As Gradio answers."""
    form = await request.form()
    return JSONResponse({}, 200 if (form.get("username"), form.get("password")) == LOGIN else 400)


async def _seen(request: Request) -> JSONResponse:
    """Whom Gradio takes the visitor for, by the cookie."""
    return JSONResponse({"user": request.app.tokens.get(request.cookies.get("access-token-unsecure-x"))})


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(clock: Clock) -> Callable[[str], TestClient]:
    """Page, API and tools behind one brake, as a visitor of an address sees them."""
    inner = FastAPI(routes=[Route("/login", _login, methods=["POST"]), Route("/{rest:path}", _seen)])
    inner.tokens, inner.cookie_id = {"of-the-page": LOGIN[0]}, "x"  # type: ignore[attr-defined]
    outer = FastAPI()
    outer.mount("/", inner)
    sessions = Sessions()
    sessions.keep(outer, LOGIN[0])
    brake = Brake(clock)
    access = Access(LOGIN)
    guarded = LoginBrake(BasicLogin(outer, access, brake, sessions), access, brake)
    return lambda address: TestClient(guarded, client=(address, 1))


def enter(client: TestClient, password: str = "wrong") -> Response:
    return client.post("/login", data={"username": LOGIN[0], "password": password})  # type: ignore[return-value]


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def test_guessing_is_slowed_and_told_how_long(door: Callable[[str], TestClient], clock: Clock) -> None:
    guesser = door("203.0.113.9")
    assert [enter(guesser).status_code for _ in range(FREE)] == [400] * FREE
    refused = enter(guesser, LOGIN[1])
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert guesser.post("/login").json()["error"]["code"] == "access.too-many-tries"
    clock.now += 1
    assert enter(guesser, LOGIN[1]).status_code == 200
    assert enter(guesser).status_code == 400


def test_the_owner_elsewhere_is_never_slowed(door: Callable[[str], TestClient]) -> None:
    for _ in range(FREE * 20):
        enter(door("203.0.113.9"))
    assert enter(door("198.51.100.1"), LOGIN[1]).status_code == 200
    assert door("198.51.100.1").get(TOOLS + "/", headers=basic(*LOGIN)).status_code == 200


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"username=anna", "application/x-www-form-urlencoded"),
        (b"username=anna&password=" + b"x" * 100_000, "application/x-www-form-urlencoded"),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
    ],
    ids=["empty", "half", "endless", "broken", "json"],
)
def test_a_malformed_try_counts_as_a_wrong_one(door: Callable[[str], TestClient], body: bytes, kind: str) -> None:
    guesser = door("203.0.113.9")
    tries = [guesser.post("/login", content=body, headers={"content-type": kind}).status_code for _ in range(FREE + 1)]
    assert tries == [400] * FREE + [429]


def all_at_once(door: Callable[[str], TestClient], password: str) -> list[int]:
    async def send() -> list[int]:
        transport = httpx.ASGITransport(door("203.0.113.9").app, client=("203.0.113.9", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            form = {"username": LOGIN[0], "password": password}
            answers = await asyncio.gather(*(client.post("/login", data=form) for _ in range(FREE * 8)))
        return [answer.status_code for answer in answers]

    with ThreadPoolExecutor(1) as pool:  # the browser tests' fixture keeps a loop running in this thread
        return pool.submit(lambda: asyncio.run(send())).result()


def test_a_right_password_makes_the_address_new_again(door: Callable[[str], TestClient]) -> None:
    guesser = door("203.0.113.9")
    for _ in range(3):
        assert [enter(guesser).status_code for _ in range(FREE - 1)] == [400] * (FREE - 1)
        assert enter(guesser, LOGIN[1]).status_code == 200


def test_a_form_longer_than_any_login_is_none(door: Callable[[str], TestClient]) -> None:
    form = b"username=anna&password=a+right+password&rest=" + b"x" * LONGEST_FORM
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert door("203.0.113.9").post("/login", content=form, headers=kind).status_code == 400


def test_many_right_logins_at_once_all_pass(door: Callable[[str], TestClient]) -> None:
    assert all_at_once(door, LOGIN[1]) == [200] * FREE * 8


def test_many_guesses_at_once_are_slowed_like_those_one_after_the_other(door: Callable[[str], TestClient]) -> None:
    assert all_at_once(door, "wrong").count(400) == FREE


def test_page_and_tools_count_together(door: Callable[[str], TestClient]) -> None:
    guesser = door("203.0.113.9")
    for _ in range(FREE):
        assert guesser.get(TOOLS + "/", headers=basic("anna", "no")).status_code == 401
    refused = guesser.get(TOOLS + "/", headers=basic(*LOGIN))
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert enter(guesser, LOGIN[1]).status_code == 429


@pytest.mark.parametrize("path", [TOOLS + "/", "/gradio_api/call/detect", "/gradio_api/upload", "/config"])
def test_a_program_may_send_the_login_with_each_request(door: Callable[[str], TestClient], path: str) -> None:
    program = door("203.0.113.9")
    assert program.get(path, headers=basic(*LOGIN)).json() == {"user": LOGIN[0]}
    assert program.get("/gradio_api/logout", headers=basic(*LOGIN)).json() == {"user": LOGIN[0]}
    refused = program.get(path, headers=basic("anna", "wrong"))
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "access.wrong-login")


def test_guessing_at_the_api_is_slowed_with_the_page(door: Callable[[str], TestClient]) -> None:
    guesser = door("203.0.113.9")
    tries = [guesser.get("/gradio_api/info", headers=basic("anna", "no")).status_code for _ in range(FREE + 1)]
    assert tries == [401] * FREE + [429]
    assert guesser.get("/gradio_api/info", headers=basic(*LOGIN)).status_code == 429
    assert enter(guesser, LOGIN[1]).status_code == 429


def test_the_basic_login_of_a_proxy_in_front_is_not_taken_for_ours(door: Callable[[str], TestClient]) -> None:
    visitor = door("203.0.113.9")
    theirs = basic("of the proxy", "another password")
    assert visitor.get("/", headers=theirs).json() == {"user": None}
    visitor.cookies["access-token-unsecure-x"] = "of-the-page"
    answers = [visitor.get("/gradio_api/info", headers=theirs) for _ in range(FREE * 2)]
    assert [answer.json() for answer in answers] == [{"user": LOGIN[0]}] * FREE * 2


def test_a_cookie_that_nobody_was_given_is_no_login(door: Callable[[str], TestClient]) -> None:
    visitor = door("203.0.113.9")
    visitor.cookies["access-token-unsecure-x"] = "guessed"
    assert visitor.get("/gradio_api/info", headers=basic("anna", "no")).status_code == 401
    assert visitor.get(TOOLS).status_code == 401


def test_asking_for_tools_without_a_password_is_no_mistake(door: Callable[[str], TestClient]) -> None:
    visitor = door("203.0.113.9")
    assert {visitor.get(TOOLS + "/").status_code for _ in range(FREE * 2)} == {401}
    assert enter(visitor, LOGIN[1]).status_code == 200


def test_the_log_has_the_address_and_never_what_was_typed(
    door: Callable[[str], TestClient], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "ocrweb.login"):
        enter(door("203.0.113.9"), "a-secret-mistyped")
        door("2001:db8::1").get(TOOLS + "/", headers=basic("my-secret", "x"))
    assert [record.getMessage() for record in caplog.records] == [
        "login refused from 203.0.113.9 (page), next try in 0 s",
        "login refused from 2001:db8::1 (tools), next try in 0 s",
    ]


@pytest.mark.parametrize("header", [b"", b"Basic", b"Basic ===", b"Bearer abc", b"Basic /w=="])
def test_what_is_no_basic_login_is_nobody(header: bytes) -> None:
    assert credentials(header) == ("", "")


def test_a_login_is_admitted_whole_or_not_at_all() -> None:
    access = Access(("änna", "pä:ss"))
    assert access.admits("änna", "pä:ss")
    assert not any(access.admits(*pair) for pair in (("änna", ""), ("", "pä:ss"), ("änna", "pä:ss "), ("", "")))
    assert not Access(None).admits("", "")


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 400)])
def test_a_form_is_taken_up_to_its_bound(door: Callable[[str], TestClient], more: int, status: int) -> None:
    form = b"username=anna&password=a+right+password&rest="
    form += b"x" * (LONGEST_FORM - len(form) + more)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert door("203.0.113.9").post("/login", content=form, headers=kind).status_code == status


def test_a_form_that_breaks_off_or_that_no_reader_takes_is_no_login() -> None:
    async def left() -> Any:
        return {"type": "http.disconnect"}

    assert run_async(_whole, left) == b""
    scope = {"type": "http", "headers": [(b"content-type", b"multipart/form-data")], "app": object()}
    assert run_async(_login_in, scope, b"username") == ("", "")
