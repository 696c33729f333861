"""The HTTP server's process: how it listens, and how it ends."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn

from ocrweb.ui.guard.stopping import Drain

CLOSE_SECONDS = 3  # for connections that are still open when nothing is in flight
LAST_SECONDS = 2.0  # for the interpreter: a thread inside a library's code cannot be ended


class GracefulServer(uvicorn.Server):
    """Keeps listening after the first signal until the drain is over, so that newcomers are told; a second one ends at once.

    close: ends the streams that would stay open for ever. The bound holds even when something holds the event loop.
    listening: called once, when visitors can come.
    """

    def __init__(
        self, config: uvicorn.Config, drain: Drain, close: Callable[[], None], listening: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._drain, self._close, self._listening = drain, close, listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._listening()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._drain.begun:
            self.should_exit = self.force_exit = True
            _end_within(LAST_SECONDS)
            return
        self._drain.begin()
        _end_within(self._drain.seconds + CLOSE_SECONDS + LAST_SECONDS)

    async def on_tick(self, counter: int) -> bool:
        ending = await super().on_tick(counter)
        if ending or self._drain.over():
            self._close()
            return True
        return False


def listen(
    application: Any,
    host: str,
    port: int,
    drain: Drain,
    close: Callable[[], None],
    listening: Callable[[], None] = lambda: None,
) -> None:
    """Serve until a signal says otherwise; afterwards the process has `LAST_SECONDS` to end by itself.

    listening: called once, when visitors can come.
    """
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        log_level="warning",
        timeout_graceful_shutdown=CLOSE_SECONDS,
        proxy_headers=False,  # `guard.forwarded` believes only the proxies that the owner named
        server_header=False,
    )
    try:
        GracefulServer(config, drain, close, listening).run()
    finally:
        _end_within(LAST_SECONDS)


def _end_within(seconds: float) -> None:
    """End the process by then, whatever its event loop and its threads do."""
    last = threading.Timer(seconds, os._exit, (0,))
    last.daemon = True
    last.start()
