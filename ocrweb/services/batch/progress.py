"""How far a long job is, how fast it goes and when it will be done."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

WINDOW = 100  # the rate is that of the latest items, so that it follows a change of picture size


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """done, failed and total in pictures; seconds since the start; rate in pictures a second; eta in seconds or None."""

    done: int
    total: int
    failed: int
    seconds: float
    rate: float
    eta: float | None


class Meter:
    """Counts finished items. already: finished in an earlier run, counted as done but not in the rate."""

    def __init__(self, total: int, already: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self._total, self._done, self._failed, self._clock = total, already, 0, clock
        self._start = clock()
        self._recent: deque[float] = deque([self._start], maxlen=WINDOW + 1)

    def step(self, *, failed: bool = False) -> BatchProgress:
        """Count one more item."""
        self._done += 1
        self._failed += failed
        self._recent.append(self._clock())
        return self.read()

    def read(self) -> BatchProgress:
        seconds = self._clock() - self._start
        span = self._recent[-1] - self._recent[0]
        rate = (len(self._recent) - 1) / span if span > 0 else 0.0
        left = self._total - self._done
        eta = left / rate if rate > 0 else (0.0 if left == 0 else None)
        return BatchProgress(self._done, self._total, self._failed, seconds, rate, eta)
