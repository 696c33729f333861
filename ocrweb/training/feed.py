"""The batches of a run: which pictures, in which order, for which process."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from ocrweb.config.training import TrainingConfig
from ocrweb.data.sample import Sample
from ocrweb.training.augment.compose import CropRecipe
from ocrweb.training.distributed import Group
from ocrweb.training.evaluate import InputRule
from ocrweb.training.samples import Arrays, SampleRecipe, SampleSource, TrainingSamples
from ocrweb.training.step import Batch


def epoch_plan(count: int, batch: int, group: Group, seed: int, epoch: int) -> list[list[int]]:
    """The indices of each batch of this process in an epoch; the same for the same seed and epoch.

    count: pictures. batch: pictures a process takes at once. Together the processes' parts of a batch are the batch
    that one process of the joint size would have. Every picture comes once; the last batch is filled up from the
    start of the order, so that no batch is smaller than the others.
    """
    order = np.random.default_rng([seed, epoch]).permutation(count)
    whole = batch * group.size
    steps = math.ceil(count / whole)
    filled = np.resize(order, steps * whole).reshape(steps, group.size, batch)
    return filled[:, group.rank].tolist()


class BatchFeed:
    """Draws the planned batches from a source of samples."""

    def __init__(self, source: SampleSource, batch: int, group: Group, seed: int) -> None:
        self._source = source
        self._batch = batch
        self._group = group
        self._seed = seed
        self.steps = math.ceil(len(source) / (batch * group.size))

    def batches(self, epoch: int, start: int) -> Iterator[Batch]:
        """The batches of an epoch from number ``start`` on, counted from 0."""
        for indices in epoch_plan(len(self._source), self._batch, self._group, self._seed, epoch)[start:]:
            yield batch_of([self._source.sample(epoch, index) for index in indices])


def open_feed(samples: Sequence[Sample], config: TrainingConfig, rule: InputRule, group: Group) -> BatchFeed:
    """The feed of a run's training pictures."""
    crop = CropRecipe(config.crop_size, config.augmentation, rule.resize, config.use_tps)
    recipe = SampleRecipe(crop, rule.mean, rule.std, config.targets, config.seed)
    batch = config.batch_size * config.optimizer.accumulate
    return BatchFeed(TrainingSamples(samples, recipe), batch, group, config.seed)


def batch_of(arrays: Sequence[Arrays]) -> Batch:
    def stacked(name: str) -> np.ndarray:
        return np.stack([sample[name] for sample in arrays])

    return Batch(
        stacked("image"),
        stacked("threshold_map"),
        stacked("threshold_mask"),
        stacked("shrink_map"),
        stacked("shrink_mask"),
    )
