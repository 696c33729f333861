"""Learning without labels: the averaged weights say what they are sure of, the network learns it from a spoilt view."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import paddle
from paddle import nn

from ocrweb.config.pretraining import UnlabelledOptions
from ocrweb.training.feed.loader import BatchLoader
from ocrweb.training.feed.samples import Arrays
from ocrweb.training.learn.ema import WeightAverage
from ocrweb.training.learn.evaluate import in_eval_mode
from ocrweb.training.learn.step import Lesson, Stepper

STEEPNESS = 5.0  # of the rise: exp(-5 (1 - t)^2), as published
PATIENCE = 2  # evaluations in a row under what was reached without it


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether learning without labels pays. before: the best hmean without it, None before the first evaluation. worse:
    evaluations in a row under that. shut: it did not pay, and is over."""

    before: float | None = None
    worse: int = 0
    shut: bool = False

    def after(self, hmean: float, best: float, *, under_way: bool) -> Gate:
        """The gate after an evaluation. best: of the whole run so far. under_way: the weight has begun to rise."""
        if self.shut:
            return self
        if not under_way or self.before is None:
            return Gate(best)
        worse = self.worse + 1 if hmean < self.before else 0
        return Gate(self.before, worse, worse >= PATIENCE)


def weight_at(options: UnlabelledOptions, done: float) -> float:
    """Weight of the pictures without labels when so much of the run is done, 0..1."""
    if done < options.start or options.start >= 1.0:
        return 0.0
    risen = min(1.0, (done - options.start) / options.ramp) if options.ramp else 1.0
    return options.weight * math.exp(-STEEPNESS * (1.0 - risen) ** 2)


class MeanTeacher:
    """Gives each step its lesson. A step's pictures depend on the seed and the number of the step alone."""

    def __init__(
        self, loader: BatchLoader, model: nn.Layer, average: WeightAverage, stepper: Stepper, options: UnlabelledOptions
    ) -> None:
        self.options = options
        self._unreadable: set[int] = set()
        self._told = 0
        self._loader = loader
        self._model = model
        self._average = average
        self._stepper = stepper
        self._ready: Iterator[Arrays] | None = None
        self._next = -1

    def lesson(self, step: int, done: float) -> Lesson | None:
        """For a step, counted from 0; None while the weight is 0."""
        weight = weight_at(self.options, done)
        if not weight:
            return None
        views = self._views(step)
        self._unreadable.update(int(index) for index in views["unreadable"] if index >= 0)
        taught = self._taught(views["weak"])
        return Lesson(views["strong"], taught, weight, self.options.background_below, self.options.text_above)

    def newly_unreadable(self) -> int:
        """How many pictures have turned out damaged so far; 0 when that has been answered before."""
        count = len(self._unreadable)
        told, self._told = self._told, count
        return count if count > told else 0

    def close(self) -> None:
        self._loader.close()

    def _views(self, step: int) -> Arrays:
        epoch, batch = divmod(step, self._loader.batches_per_epoch)
        if self._ready is None or step != self._next or batch == 0:
            self._ready = self._loader.batches(epoch, batch)
        self._next = step + 1
        return next(self._ready)

    @paddle.no_grad()
    def _taught(self, images: np.ndarray) -> np.ndarray:
        """(M, 3, S, S) → (M, S, S), one picture at a time: memory for more is the student's."""
        with self._average.applied(), in_eval_mode(self._model), self._stepper.casting():
            answers = [self._model(paddle.to_tensor(image[None])).astype("float32").numpy()[0, 0] for image in images]
        return np.stack(answers)
