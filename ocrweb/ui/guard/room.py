"""How much of requests is held in memory at once, over all connections: one sum for the whole console."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

MOST = 256 * 2**20  # bytes; two of the longest bodies, and what is kept for small ones
SMALL = 2**20
KEPT_FOR_SMALL = 32 * 2**20  # a page's own requests: large bodies, or slow ones, do not push them out


class Full(Exception):
    """What a request brings has no room now."""


class Room:
    """Used on the event loop alone. held: bytes of all places together, never more than `most`.

    small: a request of no more bytes may also use the last `kept` ones.
    """

    def __init__(self, most: int = MOST, *, small: int = SMALL, kept: int = KEPT_FOR_SMALL) -> None:
        self._most, self._small, self._kept = most, small, kept
        self.held = 0

    @contextmanager
    def place(self) -> Iterator[Place]:
        """The place of one request, given back at the end, whatever that is."""
        place = Place(self)
        try:
            yield place
        finally:
            self.held -= place.size

    def fits(self, size: int, more: int) -> bool:
        """Whether a request that holds `size` bytes may hold `more` of them."""
        kept = 0 if size + more <= self._small else self._kept
        return self.held + more <= self._most - kept


class Place:
    """size: the bytes that this request holds."""

    def __init__(self, room: Room) -> None:
        self._room, self.size = room, 0

    def take(self, more: int) -> None:
        """Raises `Full`, and then takes nothing."""
        if not self._room.fits(self.size, more):
            raise Full
        self.size += more
        self._room.held += more
