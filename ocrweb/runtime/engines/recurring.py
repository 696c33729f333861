"""A network compiled for the one shape that keeps coming: pages of one scanner, a picture looked at again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

Shape = tuple[int, ...]
ROW = 2  # times in a row that a shape must come before a network is compiled for it
MOST = 32  # … and how far that grows while compiling does not pay
PAYS = 2  # runs of a compiled network that make it worth having been compiled


class RecurringShape:
    """Decides when to compile, compiles beside the running network, and keeps the newest only.

    compiled: makes an infer request for a shape; its `RuntimeError` means that there will be none.
    Pictures of ever new sizes never make it compile; sizes that change every few pictures make it wait longer each time.
    `request` is called by one thread at a time.
    """

    def __init__(self, compiled: Callable[[Shape], Any]) -> None:
        self._compiled = compiled
        self._needed, self._row = ROW, 0
        self._last: Shape | None = None
        self._ready: tuple[Shape, Any] | None = None
        self._used: int | None = None  # runs of the newest compiled network; None before the first
        self._work: threading.Thread | None = None

    def request(self, shape: Shape) -> Any | None:
        """The infer request of a network compiled for exactly this shape, or None: use the one for any shape."""
        self._row = self._row + 1 if shape == self._last else 1
        self._last = shape
        ready = self._ready
        if ready is not None and ready[0] == shape:
            self._used = (self._used or 0) + 1
            return ready[1]
        if self._row >= self._needed and (self._work is None or not self._work.is_alive()):
            self._start(shape)
        return None

    def wait(self) -> None:
        """Until what is being compiled is ready."""
        if self._work is not None:
            self._work.join()

    def _start(self, shape: Shape) -> None:
        if self._used is not None:
            self._needed = ROW if self._used >= PAYS else min(2 * self._needed, MOST)
        self._used = 0
        self._ready = None  # freed before its successor needs the memory
        # Not a daemon: an interpreter that ends in the middle of native compiling crashes.
        self._work = threading.Thread(target=self._compile, args=(shape,), name="compile-shape")
        self._work.start()

    def _compile(self, shape: Shape) -> None:
        try:
            self._ready = (shape, self._compiled(shape))
        except RuntimeError:  # the network for any shape goes on serving
            self._needed = MOST
