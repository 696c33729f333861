"""A visitor who leaves in the middle of a request costs no traceback; a fault of the console still does."""

from __future__ import annotations

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive, Scope, Send

from ocrweb.ui.guard.departed import Departed
from tests.own_loop import run_async

SCOPE: Scope = {"type": "http", "method": "POST", "path": "/gradio_api/upload", "headers": []}


async def reads_all(scope: Scope, receive: Receive, send: Send) -> None:
    async for _ in Request(scope, receive).stream():
        pass


async def breaks_afterwards(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    raise RuntimeError("no answer to give")


def asked(application: object, *messages: Message) -> None:
    told = iter(messages)

    async def receive() -> Message:
        return next(told)

    async def send(message: Message) -> None:
        raise AssertionError("nobody is there")

    run_async(Departed(application), SCOPE, receive, send)  # type: ignore[arg-type]


@pytest.mark.parametrize("application", [reads_all, breaks_afterwards])
def test_who_has_left_is_no_failure(application: object) -> None:
    asked(application, {"type": "http.disconnect"})


def test_half_an_upload_is_no_failure() -> None:
    half = {"type": "http.request", "body": b"half", "more_body": True}
    with pytest.raises(ClientDisconnect):
        run_async(reads_all, SCOPE, iterated(half, {"type": "http.disconnect"}), None)
    asked(reads_all, half, {"type": "http.disconnect"})


def test_a_fault_of_the_console_goes_on() -> None:
    with pytest.raises(RuntimeError, match="no answer"):
        asked(breaks_afterwards, {"type": "http.request", "body": b""})


def iterated(*messages: Message) -> Receive:
    told = iter(messages)

    async def receive() -> Message:
        return next(told)

    return receive
