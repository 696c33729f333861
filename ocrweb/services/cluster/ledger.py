"""Which pictures were being looked at when a worker ended: a poisonous one is told from those beside it."""

from __future__ import annotations

from typing import Protocol

TRIES = 2  # times that a picture may end its worker


class Tries(Protocol):
    """How often each picture of one part has ended a worker, by its place; and what is being looked at now."""

    def before(self, place: int) -> int:
        """How often the picture was being looked at when its worker ended."""
        ...

    def begin(self, place: int) -> None:
        """Returns when it is kept where the end of this process does not reach."""
        ...

    def end(self, place: int) -> None: ...


class Ledger:
    """Kept beside the workers, for all parts. A part that is begun again was left by a worker that ended.

    Pictures that were in work together are all suspected; whoever looks at a suspect again has nothing else in work, so
    its second count is its own.
    """

    def __init__(self) -> None:
        self._ended: dict[str, dict[int, int]] = {}
        self._working: dict[str, set[int]] = {}

    def start(self, part: str) -> dict[int, int]:
        """A part is begun: how often each of its pictures ended a worker, by place; those that never did are left out."""
        ended = self._ended.setdefault(part, {})
        for place in self._working.pop(part, ()):
            ended[place] = ended.get(place, 0) + 1
        self._working[part] = set()
        return dict(ended)

    def begin(self, part: str, place: int) -> None:
        self._working.setdefault(part, set()).add(place)

    def end(self, part: str, place: int) -> None:
        self._working.get(part, set()).discard(place)

    def finish(self, part: str) -> None:
        self._working.pop(part, None)
        self._ended.pop(part, None)
