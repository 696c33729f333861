"""Mean losses and speed between two progress lines."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping


class Pace:
    """Sums up steps until `take`; time spent in evaluations is left out by `pause` and `start`."""

    def __init__(self) -> None:
        self._losses: dict[str, float] = {}
        self._steps = self._pictures = 0
        self._spent = 0.0
        self._since: float | None = None
        self._smooth = math.nan

    def start(self) -> None:
        if self._since is None:
            self._since = time.monotonic()

    def pause(self) -> None:
        if self._since is not None:
            self._spent += time.monotonic() - self._since
            self._since = None

    @property
    def seconds(self) -> float:
        return self._spent + (time.monotonic() - self._since if self._since is not None else 0.0)

    def add(self, losses: Mapping[str, float], pictures: int) -> None:
        for name, value in losses.items():
            self._losses[name] = self._losses.get(name, 0.0) + value
        self._steps += 1
        self._pictures += pictures

    def take(self) -> tuple[dict[str, float], float, float]:
        """Mean losses, pictures a second, and a steadied number of seconds a step; counting starts anew."""
        seconds, steps = max(self.seconds, 1e-9), max(self._steps, 1)
        losses = {name: value / steps for name, value in self._losses.items()}
        a_step = seconds / steps
        self._smooth = a_step if math.isnan(self._smooth) else 0.8 * self._smooth + 0.2 * a_step
        speed = self._pictures / seconds
        self._losses, self._steps, self._pictures, self._spent = {}, 0, 0, 0.0
        if self._since is not None:
            self._since = time.monotonic()
        return losses, speed, self._smooth
