"""Gradio's queue with lines that are bounded and fair, and with answers that are not kept for ever."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from typing import Any, Literal

import fastapi
from gradio.block_function import BlockFunction
from gradio.blocks import Blocks
from gradio.data_classes import PredictBodyInternal
from gradio.queueing import Event, EventQueue, Queue
from gradio.server_messages import EstimationMessage, EventMessage, ProcessCompletedMessage
from gradio.utils import run_coro_in_background

from ocrweb.errors import OcrwebError
from ocrweb.services.line.network import NETWORK, network_line
from ocrweb.services.line.waiting import Caller, Ticket, Turn, WaitingLine, work_under
from ocrweb.ui.line.sessions import BoundedSessions
from ocrweb.ui.line.unread import Unread
from ocrweb.ui.seams.resting import Rest

AT_ONCE = 4  # of one kind of work, unless its events say otherwise
LONGEST, LONGEST_EACH = 512, 256  # waiting for one kind of work
THREADS = 64  # handlers of all kinds at the same time, in threads of their own: downloads and uploads have others
REFUSED = "refused"  # the page's events that get no turn: their handlers say so where the answer would be
SWEEP_SECONDS, TELL_SECONDS = 2.0, 1.0
# A caller through Gradio's client sets it: the sentence of an error is to be the whole document.
WANTS_JSON = "x-ocrweb-errors-in-json"
PROGRESS_SECONDS = 0.1  # between two looks at the progress of what runs

Pushed = tuple[bool, str | list[dict[str, Any]], Literal["success", "error", "queue_full", "validator_error"]]


class FairQueue(Queue):
    """Every kind of work (Gradio's ``concurrency_id``) has its line; that of the network is shared with whoever else detects.

    A full line: a call of the API is refused with ``line.busy``; an event of the page runs without a turn, and its handler
    shows the same sentence in place.
    """

    def __init__(self, blocks: Blocks) -> None:
        super().__init__(
            live_updates=True,
            concurrency_count=THREADS,
            update_intervals=1,
            max_size=None,
            blocks=blocks,
            default_concurrency_limit=AT_ONCE,
        )
        self.sleep_when_free = self._rest = Rest(PROGRESS_SECONDS)
        self.progress_update_sleep_when_free = self._progress_rest = Rest(PROGRESS_SECONDS, busy=self._is_working)
        self.ANALYTICS_MAX_EVENTS = 1
        self.sessions = BoundedSessions(blocks, is_call=self.event_ids_to_events.__contains__)
        self._unread = Unread(self, self.sessions.forget_call)
        self._lines: dict[str, WaitingLine] = {NETWORK: network_line}
        self._events: dict[Ticket, Event] = {}
        self._turns: dict[str, Turn] = {}
        self._ready: deque[Ticket] = deque()
        self._told: dict[str, float] = {}

    def start(self) -> None:
        super().start()
        run_coro_in_background(self._sweep_for_ever)

    def compute_analytics_summary(self, records: Any) -> dict[str, Any]:
        """Nobody reads these; Gradio makes a table of the last 10,000 events after each."""
        return self.cached_event_analytics_summary

    def idle(self) -> bool:
        """Nothing waits and nothing runs."""
        return not self._events

    def unread(self) -> int:
        """Answers that are ready and that nobody has fetched."""
        return self._unread.waiting()

    def close(self) -> None:
        super().close()
        self._wake()

    def close_streams(self) -> None:
        """The process ends: no visitor's stream stays open."""
        self.close()
        if self.server_app is not None:
            self.server_app.stop_event.set()

    async def push(self, body: PredictBodyInternal, request: fastapi.Request, username: str | None) -> Pushed:
        """Raises `OcrwebError` ``line.busy``; nothing is kept of a visitor who is refused. KeyError for an event that is not there."""
        function = self.blocks.fns.get(body.fn_index) if body.fn_index is not None else None
        if function is None:
            raise KeyError(body.fn_index)
        caller = Caller(request.client.host if request.client else "", body.session_hash or "")
        turn, kind = Turn(), function.concurrency_id
        try:
            ticket = self._join(kind, caller)
        except OcrwebError as busy:
            if kind != NETWORK or function.api_visibility != "private":
                raise
            turn, kind = Turn(refused=busy), REFUSED
            ticket = self._join(kind, caller)
        event_id: Any = None
        try:
            done, event_id, state = await super().push(body, request, username)
        finally:
            if event_id not in self.event_ids_to_events:
                self._lines[kind].leave(ticket, counted=False)
        if event_id in self.event_ids_to_events:
            self._admit(self.event_ids_to_events[event_id], ticket, turn, kind)
        return done, event_id, state

    def get_events(self) -> tuple[list[Event], bool, str] | None:
        """The next event whose turn has come."""
        while self._ready:
            event = self._events.get(self._ready.popleft())
            waiting = self.event_queue_per_concurrency_id[event.concurrency_id].queue if event else []
            if event in waiting:
                waiting.remove(event)
                return [event], False, event.concurrency_id
        return None

    async def process_events(self, events: list[Event], batch: bool, begin_time: float, fn: BlockFunction) -> None:
        turn = self._turns[events[0]._id]
        work_under(turn)
        self._progress_rest.wake()
        try:
            await super().process_events(events, batch, begin_time, fn)
        finally:
            turn.gone.set()  # a cancelled task leaves its thread behind
            self._leave(events[0], counted=events[0].alive)
            self._wake()  # a thread is free for whoever has his turn

    async def remove_from_queue(self, event_id: str) -> None:
        await super().remove_from_queue(event_id)
        self._let_go()

    async def clean_events(self, *, session_hash: str | None = None, event_id: str | None = None) -> None:
        """The visitor has left: who waits gives the place back, and who is served is told."""
        await super().clean_events(session_hash=session_hash, event_id=event_id)
        self._let_go()

    def send_message(self, event: Event, event_message: EventMessage) -> None:
        """A failure of a plain HTTP call is the document of its error, which Gradio has no room for; `WANTS_JSON` the same."""
        turn = self._turns.get(event._id)
        if isinstance(event_message, ProcessCompletedMessage) and turn is not None and turn.failure is not None:
            document = {"error": turn.failure}
            if event.data and event.data.simple_format:
                event_message.output = document
            elif WANTS_JSON in event.request.headers:
                event_message.output["error"] = json.dumps(document, ensure_ascii=False)
        super().send_message(event, event_message)

    def broadcast_estimations(self, concurrency_id: str, after: int | None = None) -> None:
        """Tell those who wait their place, at most once a second, and only who has read what was told before."""
        now = time.monotonic()
        if after is not None or now - self._told.get(concurrency_id, 0.0) < TELL_SECONDS:
            return
        self._told[concurrency_id] = now
        for place, ticket in enumerate(self._lines[concurrency_id].order()):
            self._tell(ticket, place)

    def _tell(self, ticket: Ticket, place: int | None) -> None:
        event = self._events.get(ticket)
        if event is None or place is None or (event.data and event.data.simple_format):
            return
        messages = self.pending_messages_per_session.get(event.session_hash)
        if messages is not None and messages.empty():
            line = self._lines[event.concurrency_id]
            self.send_message(event, EstimationMessage(rank=place, rank_eta=line.seconds(place), queue_size=len(line)))

    def _join(self, kind: str, caller: Caller) -> Ticket:
        line = self._lines.get(kind)
        if line is None:
            line = self._lines[kind] = WaitingLine(time.monotonic, self._at_once(kind), LONGEST, LONGEST_EACH)
        ticket = line.join(caller)
        ticket.on_turn = lambda: self._its_turn(ticket)
        return ticket

    def _its_turn(self, ticket: Ticket) -> None:
        self._ready.append(ticket)
        self._wake()

    def _wake(self) -> None:
        self._rest.wake()

    def _is_working(self) -> bool:
        return any(job is not None for job in self.active_jobs)

    def _at_once(self, kind: str) -> int:
        limits = [
            function.concurrency_limit for function in self.blocks.fns.values() if function.concurrency_id == kind
        ]
        return min((limit for limit in limits if isinstance(limit, int)), default=AT_ONCE)

    def _admit(self, event: Event, ticket: Ticket, turn: Turn, kind: str) -> None:
        if kind != event.concurrency_id:
            self.event_queue_per_concurrency_id[event.concurrency_id].queue.remove(event)
            event.concurrency_id = kind
            self.event_queue_per_concurrency_id.setdefault(kind, EventQueue(kind, AT_ONCE)).queue.append(event)
        self._events[ticket], self._turns[event._id] = event, turn
        if ticket.serving:
            self._its_turn(ticket)
        else:
            self._tell(ticket, self._lines[kind].place(ticket))

    def _leave(self, event: Event, *, counted: bool) -> None:
        ticket = next((ticket for ticket, other in self._events.items() if other is event), None)
        if ticket is not None:
            del self._events[ticket]
            self._turns.pop(event._id, None)
            self._lines[event.concurrency_id].leave(ticket, counted=counted)

    def _let_go(self) -> None:
        for event in list(self._events.values()):
            if event._id not in self.event_ids_to_events:
                self._leave(event, counted=False)
            elif not event.alive:
                self._turns[event._id].gone.set()

    async def _sweep_for_ever(self) -> None:
        while not self.stopped:
            await asyncio.sleep(SWEEP_SECONDS)
            self._unread.sweep()
