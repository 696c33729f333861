"""A bounded line in front of something that serves few at a time: fair between visitors, and honest about the wait."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field

from ocrweb.errors import OcrwebError

AT_ONCE = 2  # detections that the network works on at the same time: more share the same cores and answer later
LONGEST, LONGEST_EACH = 256, 128  # waiting in all, and of one address
FIRST_GUESS = 0.5  # seconds of service, before one has been measured
WEIGHT = 0.1  # of the newest measurement in the moving average


@dataclass(frozen=True)
class Caller:
    """Who waits. address: shares in turn with other addresses. name: shares in turn with others of the address."""

    address: str
    name: str = ""


@dataclass(eq=False)
class Ticket:
    """A place in a line. on_turn: called from any thread, when its turn has come after some waiting."""

    caller: Caller
    on_turn: Callable[[], None]
    serving: bool = field(default=False, init=False)
    began: float = field(default=0.0, init=False)


class WaitingLine:
    """Round robin over addresses, within an address over its callers, within a caller first come, first served.

    at_once: how many are served at the same time. longest, longest_each: most that wait, in all and of one address.
    clock: seconds. All methods may be called from any thread and never wait.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        at_once: int = AT_ONCE,
        longest: int = LONGEST,
        longest_each: int = LONGEST_EACH,
    ) -> None:
        self._clock, self._at_once, self._longest, self._longest_each = clock, at_once, longest, longest_each
        self._waiting: OrderedDict[str, OrderedDict[str, deque[Ticket]]] = OrderedDict()
        self._served: set[Ticket] = set()
        self._average: float | None = None
        self.refused = 0  # since the line was made
        self._lock = threading.RLock()

    @property
    def at_once(self) -> int:
        return self._at_once

    def widen(self, at_once: int) -> None:
        """Serve so many at the same time from now on."""
        self._at_once = at_once
        self._advance()

    def join(self, caller: Caller, on_turn: Callable[[], None] = lambda: None) -> Ticket:
        """A new place; ``on_turn`` is called before this returns when nobody has to be waited for.

        Raises ``line.busy`` when the line, or the part of it that one address may fill, is full.
        """
        ticket = Ticket(caller, on_turn)
        with self._lock:
            before, own = len(self), self._waiting_of(caller.address)
            if before >= self._longest or own >= self._longest_each:
                self.refused += 1
                raise OcrwebError("line.busy", before=before + len(self._served), seconds=self.seconds(before))
            self._waiting.setdefault(caller.address, OrderedDict()).setdefault(caller.name, deque()).append(ticket)
        self._advance()
        return ticket

    def leave(self, ticket: Ticket, *, counted: bool = True) -> None:
        """Give the place back, whether waiting, being served or gone already.

        counted: the time of service goes into the average; not so for one that was broken off.
        """
        with self._lock:
            if ticket in self._served:
                self._served.remove(ticket)
                if counted:
                    self._measure(self._clock() - ticket.began)
            else:
                self._drop(ticket)
        self._advance()

    def place(self, ticket: Ticket) -> int | None:
        """How many are served before this one: 0 when it is served or next; None when it is not in the line."""
        with self._lock:
            if ticket in self._served:
                return 0
            return next((place for place, other in enumerate(self.order()) if other is ticket), None)

    def seconds(self, place: int) -> int:
        """About how long until a place is served, in whole seconds, at least 1."""
        average = FIRST_GUESS if self._average is None else self._average
        return max(1, math.ceil((place + 1) * average / self._at_once))

    def order(self) -> Iterator[Ticket]:
        """Those who wait, as they will be served if nobody comes or goes."""
        with self._lock:
            left = deque((address, deque(map(deque, callers.values()))) for address, callers in self._waiting.items())
        while left:
            address, callers = left.popleft()
            own = callers.popleft()
            yield own.popleft()
            if own:
                callers.append(own)
            if callers:
                left.append((address, callers))

    def serving(self) -> int:
        return len(self._served)

    def __len__(self) -> int:
        """How many wait."""
        with self._lock:
            return sum(len(own) for callers in self._waiting.values() for own in callers.values())

    def _waiting_of(self, address: str) -> int:
        return sum(len(own) for own in self._waiting.get(address, {}).values())

    def _advance(self) -> None:
        called = []
        with self._lock:
            while self._waiting and len(self._served) < self._at_once:
                ticket = self._next()
                ticket.serving, ticket.began = True, self._clock()
                self._served.add(ticket)
                called.append(ticket)
        for ticket in called:
            ticket.on_turn()

    def _next(self) -> Ticket:
        address, callers = self._waiting.popitem(last=False)
        name, own = callers.popitem(last=False)
        ticket = own.popleft()
        if own:
            callers[name] = own
        if callers:
            self._waiting[address] = callers
        return ticket

    def _drop(self, ticket: Ticket) -> None:
        callers = self._waiting.get(ticket.caller.address, OrderedDict())
        own = callers.get(ticket.caller.name, deque())
        if ticket in own:
            own.remove(ticket)
        if not own:
            callers.pop(ticket.caller.name, None)
        if not callers:
            self._waiting.pop(ticket.caller.address, None)

    def _measure(self, seconds: float) -> None:
        known = seconds if self._average is None else self._average
        self._average = known + WEIGHT * (seconds - known)


@dataclass
class Turn:
    """The work of one caller and its line. refused: why it gets no turn. gone: set when the caller has left.

    failure: the document of the coded error that the work has ended in, in the caller's language.
    """

    refused: OcrwebError | None = None
    gone: threading.Event = field(default_factory=threading.Event)
    failure: dict[str, str] | None = None


_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


def current_turn() -> Turn:
    """The turn under which this thread or task works; one that nobody refuses or leaves when there is no line."""
    return _turn.get() or Turn()


def work_under(turn: Turn) -> None:
    """Let this task, and the threads that it starts, work under a turn."""
    _turn.set(turn)
