"""Probability maps kept for a while, so that a slider can decode again without running the network."""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocrweb.runtime.detector import PageMap
    from ocrweb.services.detect.request import DetectRequest
    from ocrweb.services.detect.sheet import Place

BUDGET = 128 * 2**20
REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class KeptPage:
    """What one detection left behind.

    shown: the path of the picture or the document; place: of the page in it. source: the picture's file when there is one, to compute the map again.
    page: the map and the picture; None once it was dropped to stay within the budget.
    """

    request: DetectRequest
    shown: str
    source: Path | None
    page: PageMap | None
    place: Place

    @property
    def size(self) -> int:
        return self.page.map.nbytes + self.page.picture.nbytes if self.page else 0


class MapStore:
    """Least recently used pages by handle, bounded in bytes; safe for several threads.

    Maps stay float32: a coarser type would move pixels across the threshold, and decoding again would differ.
    The newest page is always kept, whatever its size. Of a dropped page only its request is remembered.
    """

    def __init__(self, budget: int = BUDGET, remembered: int = REMEMBERED) -> None:
        self._budget = budget
        self._remembered = remembered
        self._pages: OrderedDict[str, KeptPage] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, page: KeptPage, handle: str | None = None) -> str:
        """Keep a page; returns its handle, a new one unless given."""
        handle = handle or uuid.uuid4().hex
        with self._lock:
            self._pages.pop(handle, None)
            self._pages[handle] = page
            self._trim()
        return handle

    def get(self, handle: str) -> KeptPage | None:
        """The page, now the most recently used; None when the handle is unknown."""
        with self._lock:
            page = self._pages.get(handle)
            if page is not None:
                self._pages.move_to_end(handle)
            return page

    def size(self) -> int:
        """Bytes of all maps and pictures held."""
        with self._lock:
            return sum(page.size for page in self._pages.values())

    def _trim(self) -> None:
        held = sum(page.size for page in self._pages.values())
        newest = next(reversed(self._pages))
        for handle, page in list(self._pages.items()):
            if held <= self._budget or handle == newest:
                break
            held -= page.size
            self._pages[handle] = replace(page, page=None)
        while len(self._pages) > self._remembered:
            self._pages.popitem(last=False)
