"""What requests hold in memory before they are read is bounded over all connections together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from ocrweb.ui.guard import file_values
from ocrweb.ui.guard.file_values import FileValues
from ocrweb.ui.guard.room import Full, Room
from tests.own_loop import run_async
from tests.ui.guard.conftest import Ask

PART = 1000


def room(most: int = 10 * PART, small: int = 0, kept: int = 0) -> Room:
    return Room(most, small=small, kept=kept)


class Visitor:
    """A connection that sends parts when it is told to, and its answer."""

    def __init__(self, guard: FileValues, path: str = "/gradio_api/queue/join") -> None:
        self.sent: asyncio.Queue[Message] = asyncio.Queue()
        self.answer: dict[str, Any] = {}
        scope = {"type": "http", "method": "POST", "path": path, "headers": [], "query_string": b""}
        self.task = asyncio.ensure_future(guard(scope, self.sent.get, self._told))

    async def _told(self, message: Message) -> None:
        self.answer |= message

    async def sends(self, size: int, *, more: bool = True) -> None:
        """Until the part is taken, if anybody still takes parts: it waits for the next one then, or has ended."""
        part = b" " * size if more else b"0".rjust(size)
        self.sent.put_nowait({"type": "http.request", "body": part, "more_body": more})
        while not self.task.done() and not (self.sent.empty() and self.sent._getters):  # type: ignore[attr-defined]
            await asyncio.sleep(0)


async def _no_page(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


def test_the_sum_over_all_connections_stays_under_the_bound() -> None:
    """Twenty visitors send part after part, none of them its end."""

    async def all_at_once() -> tuple[int, list[int], list[Message]]:
        held = room()
        visitors = [Visitor(FileValues(_no_page, held)) for _ in range(20)]
        highest = 0
        for _ in range(5):
            for visitor in visitors:
                await visitor.sends(PART)
                highest = max(highest, held.held)
        refused = [visitor.answer for visitor in visitors if visitor.task.done()]
        for visitor in visitors:
            visitor.sent.put_nowait({"type": "http.disconnect"})
        assert sum(not visitor.task.done() for visitor in visitors) == 2
        await asyncio.gather(*(visitor.task for visitor in visitors))
        return highest, [held.held], refused

    highest, after, refused = run_async(all_at_once)
    assert highest == 10 * PART
    assert after == [0]
    assert len(refused) == 18  # two with five parts each have filled it
    for answer in refused:
        assert answer["status"] == 503
        assert int(dict(answer["headers"])[b"retry-after"]) >= 1
        assert b"access.full" in answer["body"]


def test_a_body_is_held_until_its_answer_and_then_forgotten() -> None:
    async def one_after_the_other() -> list[int]:
        held, seen = room(), []

        async def page(scope: Scope, receive: Receive, send: Send) -> None:
            await receive()
            seen.append(held.held)
            await _no_page(scope, receive, send)

        for _ in range(30):
            visitor = Visitor(FileValues(page, held))
            await visitor.sends(6 * PART, more=False)
            await visitor.task
            assert visitor.answer["status"] == 200
        return [*seen, held.held]

    assert run_async(one_after_the_other) == [6 * PART] * 30 + [0]


@pytest.mark.parametrize("ends", ["refused", "gone", "broken"])
def test_whatever_ends_a_request_frees_its_room(ends: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_values, "LONGEST_BODY", 3 * PART)

    async def ended() -> int:
        held = room()

        async def broken(scope: Scope, receive: Receive, send: Send) -> None:
            raise KeyError(ends)

        visitor = Visitor(FileValues(broken, held))
        await visitor.sends(2 * PART)
        assert held.held == 2 * PART
        if ends == "refused":
            await visitor.sends(2 * PART)
        elif ends == "gone":
            visitor.task.cancel()
        else:
            await visitor.sends(1, more=False)
        await asyncio.gather(visitor.task, return_exceptions=True)
        return held.held

    assert run_async(ended) == 0


def test_large_bodies_leave_room_for_small_ones() -> None:
    held = room(small=PART, kept=3 * PART)
    with held.place() as large, held.place() as small:
        large.take(7 * PART)
        with pytest.raises(Full):
            large.take(1)
        small.take(PART)
        with pytest.raises(Full):
            small.take(1)
        with held.place() as other:
            other.take(PART)
    assert held.held == 0


def test_a_body_that_stops_arriving_gives_up_its_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_values, "SILENCE", 0.05)

    async def silent() -> tuple[int, int, bytes]:
        held = room()
        visitor = Visitor(FileValues(_no_page, held))
        await visitor.sends(PART)
        await visitor.task
        return held.held, visitor.answer["status"], visitor.answer["body"]

    left, status, body = run_async(silent)
    assert (left, status) == (0, 408)
    assert b"access.too-slow" in body


FORMS = {
    "a form of parts": "multipart/form-data; boundary=x",
    "a form of fields": "application/x-www-form-urlencoded",
    "capitals": "Multipart/Form-Data",
}


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/run/x", "/gradio_api/mcp/"])
@pytest.mark.parametrize("kind", FORMS.values(), ids=list(FORMS))
def test_no_name_of_a_body_gets_it_past_the_bound(
    kind: str, path: str, behind: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The framework reads the whole body before it looks at its kind."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    monkeypatch.setattr(file_values, "LONGEST_BODY", PART)
    answer = behind(FileValues).post(path, content=b"x" * (PART + 1), headers={"content-type": kind})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "access.too-long")
    hidden = b'{"data": [{"path": "/etc/hostname"}]}'
    assert behind(FileValues).post(path, content=hidden, headers={"content-type": kind}).status_code == 403


@pytest.mark.parametrize("path", ["/login", "/login/"])
def test_a_login_is_a_form_and_bounded_too(path: str, behind: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_values, "LONGEST_BODY", PART)
    assert behind(FileValues).post(path, data={"username": "a", "password": "b"}).status_code == 200
    assert behind(FileValues).post(path, data={"username": "a" * PART}).status_code == 413


def test_an_upload_is_no_document_and_goes_to_the_disk(behind: Ask) -> None:
    taken: list[int] = []
    held = room()
    held.place = lambda: taken.append(1)  # type: ignore[method-assign,assignment,return-value,func-returns-value]
    ask: Callable[..., Any] = behind(FileValues, room=held).post
    assert ask("/gradio_api/upload", files={"files": ("a.png", b"{" * 20 * PART)}).status_code == 200
    assert ask("/gradio_api/upload/?upload_id=x", files={"files": ("a.png", b"{")}).status_code == 200
    assert taken == []


@pytest.mark.parametrize(
    ("held", "size", "more", "fits"),
    [
        (0, 0, 7, True), (0, 0, 8, False), (0, 6, 1, True), (6, 6, 2, False), (7, 0, 2, True), (8, 0, 2, True),
        (9, 0, 2, False), (9, 1, 1, True), (9, 2, 1, False), (3, 3, 4, True), (4, 3, 4, False),
    ],
)  # fmt: skip
def test_a_large_body_fits_into_what_is_left_but_for_what_is_kept_and_a_small_one_into_all(
    held: int, size: int, more: int, fits: bool
) -> None:
    room = Room(10, small=2, kept=3)
    room.held = held
    assert room.fits(size, more) is fits


def test_a_body_of_the_very_bound_is_taken(behind: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_values, "LONGEST_BODY", 1000)
    client = behind(FileValues)
    assert client.post("/x", content=b"1".rjust(1000)).status_code == 200
    assert client.post("/x", content=b"1".rjust(1001)).status_code == 413
