"""The line in front of the network: one for all who detect single pictures, whichever way they come.

Under load each picture has a core of its own (`OpenVinoEngine`); one more is read, decoded and told meanwhile.
"""

from __future__ import annotations

import time

from ocrweb.runtime.device import cpu_threads
from ocrweb.runtime.engines.base import MOST_STREAMS
from ocrweb.services.line.waiting import AT_ONCE, WaitingLine

NETWORK = "network"
network_line = WaitingLine(time.monotonic, max(AT_ONCE, min(cpu_threads(), MOST_STREAMS) + 1))


def serve_processes(count: int) -> None:
    """So many processes run the network: one picture more is at work, so that none of them waits while one is read."""
    network_line.widen(max(AT_ONCE, count + 1))
