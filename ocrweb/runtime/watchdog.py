"""A network that does not answer is named and refused, and whoever waited for it is free again.

Nothing can end a thread inside a library's code, so the library works in a thread that nobody has to wait for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, TypeVar

from ocrweb.config.variables import number
from ocrweb.errors import OcrwebError

VARIABLE = "OCRWEB_NETWORK_PATIENCE"
PATIENCE = 60.0  # seconds for a network to answer, besides those for its pixels
PER_MEGAPIXEL = 30.0  # seconds: a hundred times what the largest known detector takes on two cores
REST = 600.0  # seconds that a network is left alone whose run could be ended
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Silence:
    """A network that did not answer. stuck: its run could not be ended either: only a new process is rid of it."""

    model: str
    stuck: bool


@dataclass(slots=True)
class _Silent:
    """stamp: of the model's files. calls: its late runs that have not ended. freed: when the last of them did."""

    stamp: Hashable
    calls: int = 0
    freed: float = 0.0


@dataclass(slots=True)
class _Call:
    """late: nobody waits for it any more."""

    model: str
    work: Callable[[], Any]
    done: threading.Event = field(default_factory=threading.Event)
    late: bool = False
    answer: Any = None
    failure: BaseException | None = None


class Watchdog:
    """Runs the work of networks in threads of its own and waits for it only so long."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._idle: list[SimpleQueue[_Call]] = []
        self._silent: dict[str, _Silent] = {}
        self._answered: dict[str, float] = {}

    def call(
        self,
        model: str,
        stamp: Hashable,
        work: Callable[[], Answer],
        patience: float,
        interrupt: Callable[[], None] = lambda: None,
    ) -> Answer:
        """What the work returns or raises. ``engine.no-answer`` when that takes longer than `patience` seconds, and at
        once while the model is silent.

        model: the name that it is told by. stamp: of its files; with others it gets a new chance. interrupt: asks the
        library to end the work early. A late answer shows that the network was only slow, and it counts again.
        """
        self.check(model, stamp)
        call = _Call(model, work)
        self._thread().put(call)
        if not call.done.wait(patience) and self._gave_up(call, stamp):
            interrupt()
            raise OcrwebError("engine.no-answer", name=model, seconds=round(patience))
        if call.failure is not None:
            raise call.failure
        answer: Answer = call.answer
        return answer

    def check(self, model: str, stamp: Hashable) -> None:
        """Raise ``engine.silent`` for a model that does not answer."""
        with self._lock:
            silent = self._silent.get(model)
            if silent is None:
                return
            changed = silent.stamp != stamp
            if silent.calls == 0 and (changed or self._clock() - silent.freed >= REST):
                del self._silent[model]
                return
            if changed:
                return
        raise OcrwebError("engine.silent", name=model)

    def silent(self) -> tuple[Silence, ...]:
        """The models that do not answer now."""
        with self._lock:
            return tuple(Silence(model, state.calls > 0) for model, state in sorted(self._silent.items()))

    def answered(self, model: str) -> float | None:
        """Seconds since the model last answered; None when it never did."""
        with self._lock:
            last = self._answered.get(model)
            return None if last is None else self._clock() - last

    def tell_answer(self, model: str) -> None:
        """Note that the model answered just now."""
        with self._lock:
            self._answered[model] = self._clock()

    def _gave_up(self, call: _Call, stamp: Hashable) -> bool:
        """Whether the answer is still not there; then the model is silent."""
        with self._lock:
            if call.done.is_set():
                return False
            silent = self._silent.setdefault(call.model, _Silent(stamp))
            silent.stamp, silent.calls, call.late = stamp, silent.calls + 1, True
            return True

    def _ended(self, call: _Call) -> None:
        call.done.set()
        if call.late:
            silent = self._silent[call.model]
            silent.calls -= 1
            silent.freed = self._clock()
            if call.failure is None and silent.calls == 0:
                del self._silent[call.model]

    def _thread(self) -> SimpleQueue[_Call]:
        """The inbox of a thread that waits for work. Daemons: a run that never ends must not keep the process alive."""
        with self._lock:
            if self._idle:
                return self._idle.pop()
        inbox: SimpleQueue[_Call] = SimpleQueue()
        threading.Thread(target=self._serve, args=(inbox,), name="network", daemon=True).start()
        return inbox

    def _serve(self, inbox: SimpleQueue[_Call]) -> None:
        while True:
            call = inbox.get()
            try:
                call.answer = call.work()
            except BaseException as failure:  # handed to the one who waits, whatever it is
                call.failure = failure
            with self._lock:
                self._ended(call)
                self._idle.append(inbox)
            del call  # else its pictures live until the next call


def patience_for(pixels: int) -> float:
    """Seconds that a network may take for so many pixels. ``OCRWEB_NETWORK_PATIENCE`` sets those for an empty picture."""
    return number(VARIABLE, PATIENCE) + pixels / 1e6 * PER_MEGAPIXEL


watchdog = Watchdog()
