"""Answers that nobody has fetched: kept so long and so many, the oldest dropped first, never of a session that listens."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as drawn

from ocrweb.ui.line import unread
from ocrweb.ui.line.unread import IDLE_SECONDS, KEPT_SECONDS, Unread


class Kept:
    """What Gradio's queue keeps of sessions."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.queue: Any = SimpleNamespace(
            pending_messages_per_session={}, pending_event_ids_session={}, event_ids_to_events={}
        )
        self.forgotten: list[str] = []
        self.unread = Unread(self.queue, self.forgotten.append, lambda: self.now)

    def done(self, session: str, *, listened: bool = False) -> None:
        """Its work is done and its answer waits."""
        self.queue.pending_messages_per_session[session] = SimpleNamespace(_getters=[1] if listened else [])
        self.queue.pending_event_ids_session[session] = {f"event of {session}"}

    def fetched(self, session: str) -> None:
        self.queue.pending_event_ids_session[session] = set()


@pytest.fixture
def kept() -> Kept:
    return Kept()


def test_an_answer_is_forgotten_when_its_time_is_over_and_not_before(kept: Kept) -> None:
    kept.done("a")
    assert kept.unread.waiting() == 1
    kept.now += KEPT_SECONDS - 0.1
    assert (kept.unread.waiting(), kept.forgotten) == (1, [])
    kept.now = 1000.0 + KEPT_SECONDS
    kept.unread.sweep()
    assert kept.forgotten == ["a"]
    assert "a" not in kept.queue.pending_messages_per_session
    assert "a" not in kept.queue.pending_event_ids_session
    assert kept.unread.waiting() == 0


def test_a_session_whose_answers_were_fetched_goes_sooner(kept: Kept) -> None:
    kept.done("a")
    kept.unread.sweep()
    kept.fetched("a")
    assert kept.unread.waiting() == 0
    kept.now += IDLE_SECONDS - 0.1
    kept.unread.sweep()
    assert kept.forgotten == []
    kept.now = 1000.0 + IDLE_SECONDS
    kept.unread.sweep()
    assert kept.forgotten == ["a"]


def test_one_that_is_listened_to_or_at_work_stays_and_its_time_begins_anew(kept: Kept) -> None:
    for session in ("listens", "works"):
        kept.done(session)
    kept.unread.sweep()
    kept.done("listens", listened=True)
    kept.queue.event_ids_to_events["event of works"] = object()
    kept.now += KEPT_SECONDS
    assert kept.unread.waiting() == 0
    assert kept.forgotten == []
    kept.done("listens")
    kept.queue.event_ids_to_events.clear()
    assert kept.unread.waiting() == 2
    kept.now += KEPT_SECONDS - 1
    kept.unread.sweep()
    assert kept.forgotten == []


def test_of_many_the_oldest_go_first(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unread, "MOST", 2)
    for session in ("first", "second", "third", "fourth"):
        kept.done(session)
        kept.unread.sweep()
        kept.now += 1
    assert kept.forgotten == ["first", "second"]
    assert kept.unread.waiting() == 2


WAYS = ("works", "listens", "waits", "fetched", "without messages", "without events")
STORIES = drawn.lists(
    drawn.tuples(drawn.sampled_from("abc"), drawn.sampled_from(WAYS), drawn.integers(0, 160)), max_size=25
)


@given(STORIES)
@settings(max_examples=150, deadline=None)
def test_whatever_becomes_of_a_session_its_time_is_that_of_how_it_is_now(story: list[tuple[str, str, int]]) -> None:
    """Against a plain account: since when a session waits to be fetched, or has nothing left, without a break."""
    kept, known = Kept(), dict[str, tuple[str, float]]()
    for session, way, seconds in story:
        queue, event = kept.queue, f"event of {session}"
        queue.event_ids_to_events.pop(event, None)
        kept.done(session, listened=way == "listens")
        if way == "works":
            queue.event_ids_to_events[event] = object()
        if way in ("fetched", "without events"):
            kept.fetched(session)
        if way == "without events":
            del queue.pending_event_ids_session[session]
        if way == "without messages":
            del queue.pending_messages_per_session[session]
        state = {"works": "", "listens": "", "waits": "unread"}.get(way, "idle")
        if known.get(session, ("", 0.0))[0] != state:
            known[session] = (state, kept.now)
        kept.forgotten.clear()
        kept.unread.sweep()
        kept.now += seconds
        told = kept.unread.waiting()
        limits = {"unread": KEPT_SECONDS, "idle": IDLE_SECONDS}
        gone = {one for one, (how, since) in known.items() if how and kept.now - since >= limits[how]}
        assert set(kept.forgotten) == gone
        for one in gone:
            del known[one]
            assert one not in queue.pending_messages_per_session
            assert one not in queue.pending_event_ids_session
        assert told == sum(how == "unread" for how, _ in known.values())
