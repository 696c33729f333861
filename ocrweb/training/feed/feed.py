"""The batches of a run as the step wants them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

import paddle

from ocrweb.config.training import TrainingConfig
from ocrweb.data.sample import Sample
from ocrweb.runtime.paddle_env import usable_cores
from ocrweb.runtime.seeing import InputRule
from ocrweb.training.augment.compose import CropRecipe
from ocrweb.training.feed.loader import BatchLoader
from ocrweb.training.feed.loader_plan import plan_workers, sample_bytes
from ocrweb.training.feed.rendered import RenderedSamples
from ocrweb.training.feed.samples import SampleRecipe, SampleSource, Teacher, TrainingSamples
from ocrweb.training.feed.teacher import TeacherMaps
from ocrweb.training.feed.unlabelled import WithUnlabelled, unlabelled_pictures
from ocrweb.training.feed.views import TwoViews
from ocrweb.training.learn.step import Batch
from ocrweb.training.machine.distributed import Group, processes_here


class BatchFeed:
    """Batches of a loader, from any position. A batch holds the pictures of one optimizer step of this process."""

    def __init__(self, loader: BatchLoader) -> None:
        self._loader = loader
        self.steps = loader.batches_per_epoch
        self.without_processes = loader.plan.reason == "shared-memory"

    def batches(self, epoch: int, start: int) -> Iterator[Batch]:
        """The batches of an epoch from number ``start`` on, both counted from 0. Raises what the loader raises."""
        for arrays in self._loader.batches(epoch, start):
            yield Batch(
                arrays["image"],
                arrays["threshold_map"],
                arrays["threshold_mask"],
                arrays["shrink_map"],
                arrays["shrink_mask"],
                arrays.get("teacher_map"),
            )

    def close(self) -> None:
        self._loader.close()


def open_feed(source: SampleSource, config: TrainingConfig, group: Group) -> BatchFeed:
    """The feed of a source of samples; its workers run until it is closed."""
    on_gpu = paddle.device.get_device().startswith("gpu")
    cores = max(1, usable_cores() // processes_here(group.size))
    plan = plan_workers(config.loader.workers, sample_bytes(config.crop_size), on_gpu=on_gpu, cores=cores)
    batch = config.batch_size * config.optimizer.accumulate
    return BatchFeed(
        BatchLoader(source, batch, plan, seed=config.seed, rank=group.rank, world=group.size),
    )


def open_views(pictures: Sequence[Path], config: TrainingConfig, rule: InputRule, group: Group) -> BatchLoader:
    """Batches of `TwoViews`, ``unlabelled.pictures`` a step and process; its workers run until it is closed."""
    on_gpu = paddle.device.get_device().startswith("gpu")
    cores = max(1, usable_cores() // processes_here(group.size))
    plan = plan_workers(config.loader.workers, sample_bytes(config.crop_size), on_gpu=on_gpu, cores=cores)
    count = config.unlabelled.pictures
    source = TwoViews(pictures, _recipe(config, rule))
    plan = dataclasses.replace(plan, count=min(plan.count, count))
    return BatchLoader(source, count, plan, seed=config.seed, rank=group.rank, world=group.size)


def open_source(samples: Sequence[Sample], config: TrainingConfig, rule: InputRule) -> SampleSource:
    """What a run learns from: crops of the dataset or of rendered pages, with a teacher's maps where one is asked for.

    Raises what `TeacherMaps` and `unlabelled_pictures` raise.
    """
    if not config.distill.weight:
        return training_source(samples, config, rule)
    teacher = TeacherMaps(config.distill.teacher)
    source = training_source(samples, config, rule, teacher)
    if not config.distill.pictures:
        return source
    pictures = unlabelled_pictures(Path(config.distill.pictures))
    others = TrainingSamples(pictures, _recipe(config, rule), teacher=teacher)
    return WithUnlabelled(source, others, config.distill.pictures_share, config.seed)


def training_source(
    samples: Sequence[Sample], config: TrainingConfig, rule: InputRule, teacher: Teacher | None = None
) -> TrainingSamples | RenderedSamples:
    """Crops of the training pictures or of rendered pages, cut as the config says, at about the scale that detection sees."""
    recipe = _recipe(config, rule)
    pages = config.pages
    if not pages.crops:
        return TrainingSamples(samples, recipe, teacher=teacher)
    return RenderedSamples(
        pages.crops, recipe, kinds=pages.kinds.split(), lifetime=pages.lifetime, cache_bytes=None, teacher=teacher
    )


def _recipe(config: TrainingConfig, rule: InputRule) -> SampleRecipe:
    crop = CropRecipe(config.crop_size, config.augmentation, rule.resize, config.use_tps)
    return SampleRecipe(crop, rule.mean, rule.std, config.targets, config.seed)
