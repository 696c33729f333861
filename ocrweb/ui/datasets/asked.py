"""What a visitor asked a view for last: an answer that is older than that changes nothing.

Answers to different events are under way at the same time, and the one that was asked for first may end last. A `gr.State` of an
`Asked` is the same object for all of them, so each sees at its end what came meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable


class Asked:
    """Counts what is asked for. about: the dataset that the newest of it is of."""

    def __init__(self) -> None:
        self.count = 0
        self.about: str | None = None

    def ask(self, about: str | None) -> Callable[[], bool]:
        """Something is asked for. The answer to give at its end: nothing newer was asked for."""
        self.about = about
        self.count += 1
        return self.unchanged()

    def unchanged(self) -> Callable[[], bool]:
        """Asks for nothing: nothing was asked for since now."""
        mine = self.count
        return lambda: self.count == mine
