"""A request's turn in the line in front of the network: waited for on the event loop, given back when its program leaves."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.types import Receive

from ocrweb.services.line.waiting import Caller, WaitingLine
from ocrweb.ui.guard.login_brake import address_of

NAME = "v1"  # programs of an address share in turn with its windows
T = TypeVar("T")


class Left(Exception):
    """The program has gone: nobody is left to answer."""


@dataclass(frozen=True)
class Served(Generic[T]):
    """place: how many were before it when it came. waited: seconds until its turn."""

    answer: T
    place: int
    waited: float


async def in_turn(
    line: WaitingLine,
    request: Request,
    work: Callable[[threading.Event], T],
    threads: anyio.CapacityLimiter,
    name: str = NAME,
) -> Served[T]:
    """Do the work in a thread when its turn has come. The request's body must have been read.

    name: of the caller among others of its address. work: gets an event that is set when the program leaves. Raises `line.busy`, `Left`, and what the work raises.
    """
    loop, begun, gone = asyncio.get_running_loop(), asyncio.Event(), threading.Event()
    came = loop.time()

    def on_turn() -> None:
        loop.call_soon_threadsafe(begun.set)

    ticket = line.join(Caller(address_of(request.scope), name), on_turn)
    place = line.place(ticket) or 0
    leaving, turn = asyncio.create_task(_leaving(request.receive)), asyncio.create_task(begun.wait())
    try:
        await asyncio.wait({leaving, turn}, return_when=asyncio.FIRST_COMPLETED)
        if leaving.done():
            gone.set()
            raise Left
        waited = loop.time() - came
        leaving.add_done_callback(lambda _: gone.set())
        answer = await anyio.to_thread.run_sync(lambda: work(gone), limiter=threads)
        return Served(answer, place, waited)
    finally:
        line.leave(ticket, counted=not gone.is_set())
        leaving.cancel()
        turn.cancel()


async def _leaving(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
