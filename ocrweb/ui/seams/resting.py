"""Gradio's queue looks for work every few milliseconds. Here its loops rest until they are woken, and remain Gradio's otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from gradio import queueing

LONGEST = 5.0  # seconds: a loop that nobody woke looks all the same


class Rest(float):
    """What one loop sleeps for: until it is woken, at most `LONGEST` seconds.

    Its value is how long it sleeps while there is something to look after, and always should Gradio sleep in another way.
    """

    def __new__(cls, seconds: float, busy: Callable[[], bool] = lambda: False) -> Rest:
        return super().__new__(cls, seconds)

    def __init__(self, seconds: float, busy: Callable[[], bool] = lambda: False) -> None:
        self._busy = busy
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """From any thread, after what there is to be seen has been put in its place."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._woken.set)

    async def rest(self) -> None:
        if self._busy():
            await asyncio.sleep(float(self))
            return
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._woken = loop, asyncio.Event()
            self._woken.set()  # whoever woke it before it ever rested was not heard: it looks once more
        last = loop.call_later(LONGEST, self._woken.set)
        try:
            await self._woken.wait()  # `wait_for` may swallow that the loop is being cancelled, and rest on
        finally:
            last.cancel()
        self._woken.clear()


class _Asyncio:
    """The module `asyncio` as Gradio's queue knows it, but for `Rest`."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    @staticmethod
    async def sleep(delay: float, result: Any = None) -> Any:
        if isinstance(delay, Rest):
            await delay.rest()
            return result
        return await asyncio.sleep(delay, result)


def let_queues_rest() -> None:
    """For the queues of this process: their loops sleep by `asyncio.sleep`, at the two places that hold a `Rest`."""
    queueing.asyncio = _Asyncio()  # type: ignore[assignment]
