"""Answers that nobody has fetched yet: kept for a while, and only so many."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from gradio.queueing import Queue

KEPT_SECONDS, MOST = 300.0, 256  # answers that wait to be fetched
IDLE_SECONDS, MOST_IDLE = (
    60.0,
    1000,
)  # sessions whose answers have all been fetched: the page may be about to listen again


class Unread:
    """Forgets what Gradio's queue keeps of sessions in which nothing waits or runs; the oldest first when there are many.

    forget: is told each session of which nothing is kept any more. A session that somebody listens to stays.
    """

    def __init__(
        self, queue: Queue, forget: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._queue, self._forget, self._clock = queue, forget, clock
        self._finished: dict[str, float] = {}  # session → since when nothing of it waits or runs, oldest first
        self._fetched: dict[str, float] = {}

    def waiting(self) -> int:
        """Sessions whose work is done and whose answer has not been fetched."""
        self.sweep()
        return len(self._finished)

    def sweep(self) -> None:
        queue = self._queue
        for session in dict.fromkeys((*queue.pending_messages_per_session, *queue.pending_event_ids_session)):
            events = queue.pending_event_ids_session.get(session, set())
            listened = _listened(queue.pending_messages_per_session.get(session))
            if listened or any(event in queue.event_ids_to_events for event in events):
                self._finished.pop(session, None)
                self._fetched.pop(session, None)
            elif events and session in queue.pending_messages_per_session:
                self._fetched.pop(session, None)
                self._finished.setdefault(session, self._clock())
            else:
                self._finished.pop(session, None)
                self._fetched.setdefault(session, self._clock())
        self._drop_old(self._finished, KEPT_SECONDS, MOST)
        self._drop_old(self._fetched, IDLE_SECONDS, MOST_IDLE)

    def _drop_old(self, sessions: dict[str, float], seconds: float, most: int) -> None:
        now, surplus = self._clock(), len(sessions) - most
        for place, (session, since) in enumerate(list(sessions.items())):
            if place < surplus or now - since >= seconds:
                del sessions[session]
                self._queue.pending_messages_per_session.pop(session, None)
                self._queue.pending_event_ids_session.pop(session, None)
                self._forget(session)


def _listened(messages: Any) -> bool:
    """Whether an event stream waits for the next message."""
    return messages is not None and bool(messages._getters)
