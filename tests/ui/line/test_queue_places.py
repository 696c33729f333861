"""Who waits is told the place and about how long: once a second, in turn, and only after the last word was read."""

from __future__ import annotations

import asyncio
import json
import time
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from ocrweb.services.line.waiting import Caller, Ticket
from ocrweb.ui.line import queue
from ocrweb.ui.line.queue import AT_ONCE, FairQueue
from tests.own_loop import run_async

PLAIN: Any = SimpleNamespace(simple_format=True)


class Waiting:
    """A queue of one kind of work that serves one at a time, and what it has told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.told = 100.0, list[tuple[str, int | None, float | None, int]]()
        monkeypatch.setattr(queue, "time", SimpleNamespace(monotonic=lambda: self.now))
        with gr.Blocks(analytics_enabled=False) as page:
            gr.Button().click(lambda: None, None, None, concurrency_id="slow", concurrency_limit=3)
            gr.Button().click(lambda: None, None, None, concurrency_id="slow", concurrency_limit=1)
            gr.Button().click(lambda: None, None, None, concurrency_id="usual")
            gr.Button().click(lambda: None, None, None, concurrency_id="endless", concurrency_limit=None)
        self.queue = FairQueue(page)
        monkeypatch.setattr(self.queue, "send_message", self._sent)

    def _sent(self, event: Any, message: Any) -> None:
        self.told.append((event.session_hash, message.rank, message.rank_eta, message.queue_size))

    def join(self, name: str, data: Any = None, *, listens: bool = True) -> Ticket:
        ticket = self.queue._join("slow", Caller(name))
        event: Any = SimpleNamespace(session_hash=name, data=data, concurrency_id="slow", alive=True)
        self.queue._events[ticket] = event
        if listens:
            self.queue.pending_messages_per_session[name] = asyncio.Queue()
        return ticket

    def news(self, after: int | None = None) -> list[tuple[str, int | None, float | None, int]]:
        self.told.clear()
        self.queue.broadcast_estimations("slow", after)
        return list(self.told)


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Waiting:
    return Waiting(monkeypatch)


def test_each_is_told_its_place_once_a_second(waiting: Waiting) -> None:
    for name in ("anna", "ben", "cleo"):
        waiting.join(name)
    assert waiting.news(after=0) == []
    both = [("ben", 0, 1, 2), ("cleo", 1, 1, 2)]
    assert waiting.news() == both
    waiting.now += 0.9
    assert waiting.news() == []
    waiting.now = 101.0
    assert waiting.news() == both
    assert waiting.news() == []


def test_the_wait_grows_with_the_place_and_with_how_long_work_takes(waiting: Waiting) -> None:
    line = waiting.queue._lines
    first = waiting.join("anna")
    line["slow"]._clock = lambda: time.monotonic() + 1000.0
    waiting.queue._lines["slow"].leave(first)
    for name in ("ben", "cleo", "dora", "emil"):
        waiting.join(name)
    etas = [eta for _, _, eta, _ in waiting.news()]
    assert etas == sorted(etas)  # type: ignore[type-var]
    assert etas[1] == pytest.approx(2 * (etas[0] or 0), abs=2)
    assert (etas[0] or 0) > 500


def test_a_plain_call_one_that_nobody_listens_to_and_one_with_unread_words_are_told_nothing(waiting: Waiting) -> None:
    for name in ("anna", "ben"):
        waiting.join(name)
    waiting.join("plain", PLAIN)
    waiting.join("deaf", listens=False)
    waiting.join("slow reader")
    waiting.queue.pending_messages_per_session["slow reader"].put_nowait(None)  # type: ignore[arg-type]
    gone = waiting.join("gone")
    del waiting.queue._events[gone]
    waiting.join("last", SimpleNamespace(simple_format=False))
    assert [(name, place) for name, place, _, _ in waiting.news()] == [("ben", 0), ("last", 5)]


def test_a_kind_of_work_is_served_as_many_at_once_as_its_strictest_event_says(waiting: Waiting) -> None:
    at_once = {kind: waiting.queue._at_once(kind) for kind in ("slow", "usual", "endless", "never heard of")}
    assert at_once == {"slow": 1, "usual": AT_ONCE, "endless": AT_ONCE, "never heard of": AT_ONCE}


def test_who_leaves_is_forgotten_once_and_the_next_in_line_is_called(waiting: Waiting) -> None:
    first, second = waiting.join("anna"), waiting.join("ben")
    for ticket in (first, second):
        waiting.queue._events[ticket]._id = ticket.caller.address
        waiting.queue._turns[ticket.caller.address] = queue.Turn()
    event = waiting.queue._events[first]
    assert not waiting.queue.idle()
    waiting.queue._leave(event, counted=True)
    waiting.queue._leave(event, counted=True)
    assert (first.serving, second.serving) == (True, True)
    assert list(waiting.queue._ready) == [second]
    assert list(waiting.queue._turns) == ["ben"]
    waiting.queue._leave(waiting.queue._events[second], counted=True)
    assert waiting.queue.idle()
    assert waiting.queue._turns == {}


class Told:
    """A queue, and what it hands to Gradio's own to be sent."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sent = list[Any]()
        monkeypatch.setattr(queue.Queue, "send_message", lambda ours, event, message: self.sent.append(message))
        with gr.Blocks(analytics_enabled=False) as page:
            gr.Button().click(lambda: None)
        self.queue = FairQueue(page)

    def fails(self, *, plain: bool, headers: dict[str, str], failure: dict[str, str] | None) -> Any:
        """The answer of a failed call to whoever asked in this way."""
        event: Any = SimpleNamespace(
            _id="e", data=SimpleNamespace(simple_format=plain), request=SimpleNamespace(headers=headers)
        )
        self.queue._turns["e"] = queue.Turn(failure=failure)
        self.queue.send_message(event, queue.ProcessCompletedMessage(output={"error": "Words."}, success=False))
        return self.sent.pop().output


def test_a_failed_call_is_answered_with_the_document_of_its_error_in_the_form_that_its_caller_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = Told(monkeypatch)
    document = {"code": "image.empty", "message": "空"}
    assert told.fails(plain=True, headers={}, failure=document) == {"error": document}
    assert told.fails(plain=False, headers={}, failure=document) == {"error": "Words."}
    asked = told.fails(plain=False, headers={queue.WANTS_JSON: "1"}, failure=document)
    assert asked == {"error": json.dumps({"error": document}, ensure_ascii=False)}
    for plain in (True, False):
        assert told.fails(plain=plain, headers={queue.WANTS_JSON: "1"}, failure=None) == {"error": "Words."}
    nobodys: Any = SimpleNamespace(_id="other")
    told.queue.send_message(nobodys, queue.ProcessCompletedMessage(output={"error": "Words."}, success=False))
    assert told.sent.pop().output == {"error": "Words."}


def test_an_event_that_the_page_does_not_have_is_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = Told(monkeypatch).queue
    for number in (None, 99):
        body = queue.PredictBodyInternal(data=[], fn_index=number, session_hash="s")
        with pytest.raises(KeyError):
            run_async(ours.push, body, SimpleNamespace(client=None), None)
    assert ours.idle()


def test_a_console_that_ends_closes_its_streams_and_keeps_no_statistics(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = Told(monkeypatch).queue
    assert ours.compute_analytics_summary([{"a": 1}]) is ours.cached_event_analytics_summary
    ours.close_streams()
    assert ours.stopped
    ended: list[int] = []
    ours.server_app = SimpleNamespace(stop_event=SimpleNamespace(set=lambda: ended.append(1)))  # type: ignore[assignment]
    ours.close_streams()
    assert ended == [1]
