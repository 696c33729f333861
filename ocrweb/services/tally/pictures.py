"""Pictures as they are answered. Nobody need listen, and nothing is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from ocrweb.errors import OcrwebError

Way = Literal["single", "batch"]
OK, INTERNAL = "ok", "usage.internal"


@dataclass(frozen=True, slots=True)
class Answered:
    """outcome: `OK` or the code of the error. seconds: from its turn to its regions. regions: how many were found."""

    way: Way
    outcome: str
    seconds: float
    regions: int


@dataclass(slots=True)
class Count:
    """What is still to be said of a picture that is being looked at."""

    outcome: str = OK
    regions: int = 0


Listener = Callable[[Answered], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """It is told from the thread that answered a picture; a second call with the same one does nothing."""
    if listener not in _listeners:
        _listeners.append(listener)


@contextmanager
def counted(way: Way) -> Iterator[Count]:
    """Tell of the picture that is answered inside, whatever becomes of it."""
    began, count = time.perf_counter(), Count()
    try:
        yield count
    except OcrwebError as error:
        count.outcome = error.code
        raise
    except Exception:
        count.outcome = INTERNAL
        raise
    finally:
        answered = Answered(way, count.outcome, time.perf_counter() - began, count.regions)
        for listener in _listeners:
            listener(answered)
