"""What the training loop works with: batches, the network and its step, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from paddle import nn

from ocrweb.config.training import TrainingConfig
from ocrweb.training.learn.ema import WeightAverage
from ocrweb.training.learn.evaluate import Evaluation, Evaluator
from ocrweb.training.learn.schedule import Schedule
from ocrweb.training.learn.step import Batch, Stepper
from ocrweb.training.machine.distributed import Group
from ocrweb.training.run.journal import Journal
from ocrweb.training.run.mean_teacher import MeanTeacher


class StopAsked(Exception):
    """Somebody asked the run to stop; its checkpoint is saved when this reaches the worker."""


class Feed(Protocol):
    """Batches of one epoch, the same ones for the same seed, from any position."""

    steps: int

    def batches(self, epoch: int, start: int) -> Iterator[Batch]: ...

    def close(self) -> None: ...


@dataclass(slots=True)
class Session:
    """Everything one run works with, in this process."""

    run: Path
    config: TrainingConfig
    model: nn.Layer
    feed: Feed
    stepper: Stepper
    average: WeightAverage
    evaluator: Evaluator
    schedule: Schedule
    journal: Journal
    group: Group
    optimizer: Any
    save_samples: Callable[[Evaluation, int], None]
    look_at_labels: Callable[[], None]
    before_steps: Callable[[], None]
    stop_asked: Callable[[], bool]
    teacher: MeanTeacher | None = None

    def close(self) -> None:
        """End what prepares pictures."""
        self.feed.close()
        if self.teacher is not None:
            self.teacher.close()
