"""The line in front of the network: one for all who detect single pictures, whichever way they come."""

from __future__ import annotations

import time

from ocrweb.services.line.waiting import AT_ONCE, WaitingLine

NETWORK = "network"
network_line = WaitingLine(time.monotonic)


def serve_processes(count: int) -> None:
    """So many processes run the network: one picture more is at work, so that none of them waits while one is read."""
    network_line.widen(max(AT_ONCE, count + 1))
