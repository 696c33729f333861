"""The line in front of the network: one for all who detect single pictures, whichever way they come."""

from __future__ import annotations

import time

from ocrweb.services.waiting_line import WaitingLine

NETWORK = "network"
network_line = WaitingLine(time.monotonic)
