"""Run what is async in a thread of its own: once a browser test has started Playwright, this thread has a loop already."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import anyio

Answer = TypeVar("Answer")


def run_async(function: Callable[..., Coroutine[Any, Any, Answer]], *arguments: Any) -> Answer:
    """What the coroutine of ``function(*arguments)`` answers or raises; context variables are those of the caller."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(contextvars.copy_context().run, anyio.run, function, *arguments).result()
