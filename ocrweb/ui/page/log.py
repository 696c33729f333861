"""The console's log: lines with their time, of a length that is meant, and without what visitors sent along."""

from __future__ import annotations

import logging
import re
import sys
from typing import TextIO

LONGEST = 1000  # characters that are written at once: a record, or a line of a traceback
PACKED = re.compile(r"[A-Za-z0-9+/=_-]{200,}")  # a picture as text; no path is so long without a dot
KEPT = 16  # characters of it, by which the kind of file can be told


def shortened(text: str) -> str:
    """A text for the log: packed bytes by their length, and no more than `LONGEST` characters."""
    shown = PACKED.sub(lambda found: f"{found[0][:KEPT]}…({len(found[0])} characters)", text)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]} …({len(text)} characters)\n"


class ShortLines:
    """A stream of text, such as stderr, through which everything that libraries say is `shortened`."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(shortened(text))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def keep_short() -> None:
    """From now on both streams of this process, before a library has taken hold of one for its log."""
    sys.stdout, sys.stderr = ShortLines(sys.stdout), ShortLines(sys.stderr)


def log_with_time() -> None:
    """Our own log lines on stderr begin with the time, which programs that watch logs ask for."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s: %(message)s"))
    own = logging.getLogger("ocrweb")
    own.addHandler(handler)
    own.propagate = False
