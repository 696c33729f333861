"""The learning rate of each step."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ocrweb.config.groups.schedule import ScheduleOptions

WARMUP_SHARE = 0.1
WARMUP_LEAST = 20  # Adam's first steps move every weight by the whole rate, however small its gradient is


@dataclass(frozen=True, slots=True)
class Schedule:
    """base: highest learning rate, > 0. steps: optimizer steps of the whole run, >= 1."""

    options: ScheduleOptions
    base: float
    steps: int

    @property
    def warmup(self) -> int:
        """Steps of rise: of a short run a tenth, at least 20, but never more than half of it."""
        share = max(int(self.steps * WARMUP_SHARE), min(WARMUP_LEAST, self.steps // 2))
        return min(self.options.warmup_steps, share)

    def rate(self, step: int, progress: float = 0.0) -> float:
        """Learning rate of a step, counted from 0.

        progress: share of the time limit that is used up, 0..1; the curve falls by steps or by time, whichever is
        further, so that a run that ends by time has slowed down like one that ends by steps.
        """
        risen = max((step + 1) / self.warmup, progress / WARMUP_SHARE) if self.warmup else 1.0
        if risen < 1.0:
            return self.base * risen**2  # gently: the first steps of Adam go astray the most
        done = (step - self.warmup) / max(1, self.steps - self.warmup)
        return self.base * self._factor(min(1.0, max(done, progress)))

    def _factor(self, done: float) -> float:
        low = self.options.final_ratio
        if self.options.kind == "cosine":
            return low + (1 - low) * (1 + math.cos(math.pi * done)) / 2
        if self.options.kind == "poly":
            return low + (1 - low) * (1 - done) ** self.options.power
        return 1.0
