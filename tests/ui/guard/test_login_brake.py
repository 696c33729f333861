"""Wrong passwords at the page's login and at the tools'."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from ocrweb.services.access.brake import FREE, Brake
from ocrweb.services.access.logins import Access
from ocrweb.ui.guard.login_brake import LoginBrake
from ocrweb.ui.guard.tools_login import PREFIX, ToolsLogin, credentials

LOGIN = ("anna", "a right password")


async def _login(request: Request) -> JSONResponse:
    """As Gradio answers."""
    form = await request.form()
    return JSONResponse({}, 200 if (form.get("username"), form.get("password")) == LOGIN else 400)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(clock: Clock) -> Callable[[str], TestClient]:
    """Page and tools behind one brake, as a visitor of an address sees them."""
    everything = [Route("/login", _login, methods=["POST"]), Route("/{rest:path}", lambda _: JSONResponse({}))]
    brake = Brake(clock)
    access = Access(LOGIN)
    guarded = LoginBrake(ToolsLogin(Starlette(routes=everything), access, brake), access, brake)
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
    assert door("198.51.100.1").get(PREFIX + "/", headers=basic(*LOGIN)).status_code == 200


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


def test_many_right_logins_at_once_all_pass(door: Callable[[str], TestClient]) -> None:
    assert all_at_once(door, LOGIN[1]) == [200] * FREE * 8


def test_many_guesses_at_once_are_slowed_like_those_one_after_the_other(door: Callable[[str], TestClient]) -> None:
    assert all_at_once(door, "wrong").count(400) == FREE


def test_page_and_tools_count_together(door: Callable[[str], TestClient]) -> None:
    guesser = door("203.0.113.9")
    for _ in range(FREE):
        assert guesser.get(PREFIX + "/", headers=basic("anna", "no")).status_code == 401
    refused = guesser.get(PREFIX + "/", headers=basic(*LOGIN))
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert enter(guesser, LOGIN[1]).status_code == 429


def test_asking_for_tools_without_a_password_is_no_mistake(door: Callable[[str], TestClient]) -> None:
    visitor = door("203.0.113.9")
    assert {visitor.get(PREFIX + "/").status_code for _ in range(FREE * 2)} == {401}
    assert enter(visitor, LOGIN[1]).status_code == 200


def test_the_log_has_the_address_and_never_what_was_typed(
    door: Callable[[str], TestClient], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "ocrweb.login"):
        enter(door("203.0.113.9"), "a-secret-mistyped")
        door("2001:db8::1").get(PREFIX + "/", headers=basic("my-secret", "x"))
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
