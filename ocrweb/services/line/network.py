"""The line in front of the network: one for all who detect single pictures, whichever way they come."""

from __future__ import annotations

import time

from ocrweb.services.line.waiting import WaitingLine

NETWORK = "network"
network_line = WaitingLine(time.monotonic)
