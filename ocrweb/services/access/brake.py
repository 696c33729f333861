"""A brake on guessing a password: each wrong one from an address makes the next wait longer."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE = 5  # mistakes that cost nothing
FIRST, LONGEST = 1.0, 60.0  # seconds: doubled with each mistake after the free ones, so at most 1,440 guesses a day
FORGET = 3600.0  # seconds without a mistake after which an address is new again
ADDRESSES = 4096  # remembered at once; the one that has been quiet for longest goes first
IPV6_SITE = 64  # bits: what one household or one rented machine is given


@dataclass
class _Mistakes:
    count: int
    last: float


class Brake:
    """Counts mistakes by address; an address never waits for those of another.

    clock: seconds that only grow. Not for several threads: the event loop asks it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._by_site: OrderedDict[str, _Mistakes] = OrderedDict()

    def waiting(self, address: str) -> float:
        """Seconds until this address may try again; 0 when it may now. Asking costs nothing."""
        mistakes = self._by_site.get(site_of(address))
        if mistakes is None:
            return 0.0
        return max(0.0, mistakes.last + _pause(mistakes.count) - self._clock())

    def mistaken(self, address: str) -> float:
        """Note a wrong password; the seconds that the next try has to wait."""
        site, now = site_of(address), self._clock()
        before = self._by_site.pop(site, None)
        count = before.count + 1 if before is not None and now - before.last < FORGET else 1
        self._by_site[site] = _Mistakes(count, now)
        while len(self._by_site) > ADDRESSES:
            self._by_site.popitem(last=False)
        return _pause(count)

    def right(self, address: str) -> None:
        """A right password: the address is new again."""
        self._by_site.pop(site_of(address), None)

    def __len__(self) -> int:
        return len(self._by_site)


def site_of(address: str) -> str:
    """Whom a mistake is counted for: an IPv4 address, the /64 of an IPv6 one, else the text itself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    found = getattr(found, "ipv4_mapped", None) or found
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, IPV6_SITE), strict=False))


def _pause(count: int) -> float:
    """Seconds to wait after that many mistakes in a row."""
    return 0.0 if count < FREE else min(FIRST * 2.0 ** min(count - FREE, 30), LONGEST)
