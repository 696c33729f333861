"""What was used most recently, kept in memory within bounds, for all threads of the process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def one(value: object) -> int:
    """The size of a value where their number is what is bounded."""
    return 1


class Recent(Generic[K, V]):
    """Values by key; those longest unused go while the sizes add up to more than `most`. The newest always stays."""

    def __init__(self, most: int, size: Callable[[V], int] = one) -> None:
        self._most, self._size_of = most, size
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._total = 0
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key]

    def put(self, key: K, value: V) -> V:
        """Keep the value in place of one under the same key; returns it."""
        with self._lock:
            self._drop(key)
            self._kept[key] = value
            self._total += self._size_of(value)
            while self._total > self._most and len(self._kept) > 1:
                self._drop(next(iter(self._kept)))
        return value

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._total = 0

    def size(self) -> int:
        """What the sizes of all that is kept add up to."""
        with self._lock:
            return self._total

    def _drop(self, key: K) -> None:
        if key in self._kept:
            self._total -= self._size_of(self._kept.pop(key))
