"""Put a run's session together: data, network, optimizer; new or from its last checkpoint."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ocrweb.config.training import TrainingConfig, dataset_folder
from ocrweb.data.icdar import read_split
from ocrweb.data.labelling.record import without_aside
from ocrweb.data.sample import Sample
from ocrweb.errors import OcrwebError
from ocrweb.model.architecture import keep_base_graph
from ocrweb.rundir import names
from ocrweb.runtime.detector import default_decode
from ocrweb.runtime.seeing import InputRule
from ocrweb.training.feed.feed import open_feed, open_source, open_views
from ocrweb.training.feed.holdout import Parts, hold_out
from ocrweb.training.feed.learnt import learnt_before, write_learnt
from ocrweb.training.feed.pages import FOLDER, held_out_pages
from ocrweb.training.feed.views import Plain, choose_plain
from ocrweb.training.learn.base import Base, load_base
from ocrweb.training.learn.ema import WeightAverage
from ocrweb.training.learn.evaluate import Evaluation, Evaluator, write_samples
from ocrweb.training.learn.evaluate import look_at_labels as look_at
from ocrweb.training.learn.optimizer import build_optimizer, pretrained_ratio
from ocrweb.training.learn.schedule import Schedule
from ocrweb.training.learn.step import Stepper, build_loss, freeze_batch_norm
from ocrweb.training.machine.distributed import Group
from ocrweb.training.run.checkpoint import Checkpoint, RunProgress, load_checkpoint, load_model, load_optimizer
from ocrweb.training.run.journal import Journal
from ocrweb.training.run.mean_teacher import MeanTeacher
from ocrweb.training.run.parts import Session, StopAsked

LOOKED_AT = 12  # pictures, whether their labels lie on their text
SHOWN = 4
SMALL_BATCH = 8


@dataclass(frozen=True, slots=True)
class Opened:
    """A session with what it was made of."""

    session: Session
    progress: RunProgress
    base: Base
    parts: Parts
    rule: InputRule
    dataset: Path


def open_session(
    run: Path,
    config: TrainingConfig,
    *,
    group: Group,
    journal: Journal,
    stop_asked: Callable[[], bool],
    resume: bool,
    halve: bool,
) -> Opened:
    """Everything a run needs, checked before its first step.

    Raises what reading the dataset, the base model and the checkpoint raise; ``train.nothing-to-learn``,
    ``config.dataset-missing``, ``train.unlabelled-none``.
    """
    dataset, parts = _read_parts(run, config, group)
    plain = _plain(config, dataset, parts)
    if plain:
        journal.unlabelled(len(plain.pictures), plain.unreadable, plain.judged)
    base = load_base(config.model, random_weights=config.optimizer.random_weights)
    if group.writes:
        keep_base_graph(base.architecture, run)
        write_learnt(run, parts.known, parts.train)
    rule = base.rule(config.evaluation)
    model = base.model
    checkpoint = _checkpoint(run, resume=resume)
    progress = checkpoint.progress if checkpoint else RunProgress()
    progress = dataclasses.replace(progress, parts=max(progress.parts, config.optimizer.accumulate))
    if halve:
        progress = _halved(progress, config)
    feed = open_feed(open_source(parts.train, config, rule), config, group)
    steps = feed.steps * config.epochs
    ratio = pretrained_ratio(config.optimizer.pretrained_ratio, base.architecture.name, steps)
    optimizer = build_optimizer(model, config.optimizer, base.fresh, ratio)
    average = WeightAverage(model, config.ema.decay)
    if checkpoint:
        load_model(model, checkpoint.model)
        load_optimizer(optimizer, model, checkpoint.optimizer)
        average.load(checkpoint.average)
    if feed.without_processes:
        journal.warn(OcrwebError("train.few-shared-memory"))
    batch = config.batch_size * config.optimizer.accumulate

    def halving(pictures: int) -> None:
        journal.warn(OcrwebError("train.batch-halved", pictures=pictures, batch=batch * group.size))

    if halve:
        halving(math.ceil(batch / progress.parts))

    def check_stop() -> None:
        if group.size == 1 and stop_asked():  # several processes stop together, between two steps
            raise StopAsked

    def save_samples(found: Evaluation, step: int) -> None:
        write_samples(model, parts.validation[:SHOWN], rule, found.choice, run / names.SAMPLES, step)

    def look_at_labels() -> None:
        """Say before the first step that what the base model sees fits the labels only in another frame."""
        least = default_decode(base.card).effective_box_threshold
        if found := look_at(model, parts.validation[:LOOKED_AT], rule, least):
            journal.warn(found.error)

    stepper = Stepper(
        model,
        build_loss(config),
        optimizer,
        config.optimizer,
        group=group,
        parts=progress.parts,
        loss_scale=progress.loss_scale,
        on_halving=halving,
    )
    session = Session(
        run=run,
        config=config,
        model=model,
        feed=feed,
        stepper=stepper,
        average=average,
        evaluator=Evaluator(parts.validation, rule, group, check_stop),
        schedule=Schedule(config.schedule, config.learning_rate, steps),
        journal=journal,
        group=group,
        optimizer=optimizer,
        save_samples=save_samples,
        look_at_labels=look_at_labels,
        before_steps=lambda: into_training(base, config),
        stop_asked=stop_asked,
        teacher=MeanTeacher(open_views(plain.pictures, config, rule, group), model, average, stepper, config.unlabelled)
        if plain
        else None,
    )
    return Opened(session, progress, base, parts, rule, dataset)


def _read_parts(run: Path, config: TrainingConfig, group: Group) -> tuple[Path, Parts]:
    """The dataset's folder, and which pictures are for training and for validation."""
    if config.pages.crops:
        return run / FOLDER, held_out_pages(run, config, group)
    dataset, samples = labelled_pictures(config)
    options, known = config.evaluation, learnt_before(run, config.model)
    return dataset, hold_out(samples, options.validation_ratio, options.max_pictures, config.seed, known)


def labelled_pictures(config: TrainingConfig) -> tuple[Path, list[Sample]]:
    """The dataset's folder and the pictures on its training list that nobody has set aside. Raises what reading it raises."""
    dataset = dataset_folder(config.dataset)
    return dataset, learnable(without_aside(dataset, read_split(dataset, "train")))


def _plain(config: TrainingConfig, dataset: Path, parts: Parts) -> Plain | None:
    """The pictures without labels, those left out that the run is judged on; None where none are asked for."""
    if not config.unlabelled.folder:
        return None
    judged = [*parts.validation] if parts.held_out else []
    with contextlib.suppress(OcrwebError):  # a test list that cannot be read is told of at the end
        judged += read_split(dataset, "test")
    return choose_plain(Path(config.unlabelled.folder), judged)


def learnable(samples: list[Sample]) -> list[Sample]:
    """The samples, unless none of them has a box that counts: then ``train.nothing-to-learn``."""
    if not any(not box.ignore for sample in samples for box in sample.boxes):
        raise OcrwebError("train.nothing-to-learn", pictures=len(samples))
    return samples


def into_training(base: Base, config: TrainingConfig) -> None:
    """Train mode; batch norm keeps its statistics where that is asked for, or where batches are too small to measure them.

    What came without statistics, such as the head over a loaded backbone, has to measure its own all the same.
    """
    base.model.train()
    choice = config.optimizer.freeze_bn
    if choice == "on":
        freeze_batch_norm(base.model)
    elif choice == "auto" and base.pretrained and config.batch_size < SMALL_BATCH:
        freeze_batch_norm(base.model, base.fresh)


def _checkpoint(run: Path, *, resume: bool) -> Checkpoint | None:
    """The last checkpoint of a run that is resumed; a run that was lost before its first one starts anew."""
    path = run / names.LATEST_OPTIMIZER
    if not resume or not path.is_file():
        return None
    return load_checkpoint(path)


def _halved(progress: RunProgress, config: TrainingConfig) -> RunProgress:
    """Twice as many parts as before; ``train.out-of-memory`` when they are single pictures already."""
    batch = config.batch_size * config.optimizer.accumulate
    if progress.parts >= batch:
        raise OcrwebError("train.out-of-memory", reason="SIGKILL")
    return dataclasses.replace(progress, parts=min(batch, progress.parts * 2))
