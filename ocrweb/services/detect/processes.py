"""Detection in processes of its own, behind one console."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ocrweb.runtime.pool import crew, share_out


@contextmanager
def detecting_in(count: int) -> Iterator[None]:
    """Inside, all networks of this process run in so many others; 0: in this one."""
    share_out(count)
    try:
        yield
    finally:
        share_out(0)


def living() -> int:
    """How many of them are there now."""
    started = crew()
    return len(started.pids()) if started is not None else 0
