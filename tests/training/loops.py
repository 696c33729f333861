"""A training loop on a network of three layers, with a stand-in for evaluation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.config.loader import build, parse_overrides
from ocrweb.config.training import TrainingConfig
from ocrweb.evaluation.metric import Score
from ocrweb.evaluation.sweep import Choice, Grid
from ocrweb.model.losses import DBLoss
from ocrweb.rundir import names
from ocrweb.rundir.events import EventReader
from ocrweb.training.feed.loader import BatchLoader
from ocrweb.training.feed.loader_plan import WorkerPlan
from ocrweb.training.learn.ema import WeightAverage
from ocrweb.training.learn.evaluate import Evaluation
from ocrweb.training.learn.optimizer import build_optimizer
from ocrweb.training.learn.schedule import Schedule
from ocrweb.training.learn.step import Stepper
from ocrweb.training.machine.distributed import Group
from ocrweb.training.run.checkpoint import RunProgress, load_checkpoint, load_model, load_optimizer, model_arrays
from ocrweb.training.run.journal import Journal
from ocrweb.training.run.loop import Loop
from ocrweb.training.run.mean_teacher import MeanTeacher
from ocrweb.training.run.parts import Session
from tests.training.tiny import DrawnFeed, DrawnViews, TinyDetector

ALONE = Group()


class FixedScores:
    """Gives one hmean after the other."""

    def __init__(self, *hmeans: float) -> None:
        self.hmeans = list(hmeans)

    def evaluate(self, model: Any, grid: Grid) -> Evaluation:
        hmean = self.hmeans.pop(0) if len(self.hmeans) > 1 else self.hmeans[0]
        score = Score(hmean, hmean, hmean, 1, 1, 1, 1)
        return Evaluation(Choice(0.3, 0.6, 1.5, score), score)


def opened(
    run: Path,
    *words: str,
    feed: DrawnFeed | None = None,
    scores: tuple[float, ...] = (0.5,),
    stop: Callable[[], bool] = lambda: False,
    resume: bool = False,
    group: Group = ALONE,
    plain: bool = False,
) -> Loop:
    """A loop in a run folder; with ``resume`` from its last checkpoint. plain: with drawn pictures without labels."""
    run.mkdir(exist_ok=True)
    config = build(TrainingConfig, parse_overrides(["learning_rate=0.02", "ema.decay=0.9", *words]))
    model, feed = TinyDetector(), feed or DrawnFeed()
    model.train()
    optimizer = build_optimizer(model, config.optimizer)
    average = WeightAverage(model, config.ema.decay)
    progress = RunProgress()
    if resume:
        checkpoint = load_checkpoint(run / names.LATEST_OPTIMIZER)
        progress = checkpoint.progress
        load_model(model, checkpoint.model)
        load_optimizer(optimizer, model, checkpoint.optimizer)
        average.load(checkpoint.average)
    journal = Journal(run)
    stepper = Stepper(model, DBLoss(), optimizer, config.optimizer, group=Group(), parts=progress.parts)
    views = BatchLoader(
        DrawnViews(), config.unlabelled.pictures, WorkerPlan("inline"), rank=group.rank, world=group.size
    )
    teacher = MeanTeacher(views, model, average, stepper, config.unlabelled) if plain else None
    session = Session(
        run=run,
        config=config,
        model=model,
        feed=feed,
        stepper=stepper,
        average=average,
        evaluator=FixedScores(*scores),  # type: ignore[arg-type]
        schedule=Schedule(config.schedule, config.learning_rate, feed.steps * config.epochs),
        journal=journal,
        group=group,
        optimizer=optimizer,
        save_samples=lambda found, step: None,
        look_at_labels=lambda: journal.say("labels looked at"),
        before_steps=model.train,
        stop_asked=stop,
        teacher=teacher,
    )
    journal.start("cpu", "float32", session.schedule.steps, config.epochs, 1)
    return Loop(session, progress)


def events(run: Path, kind: str) -> list[dict[str, Any]]:
    return [event for event in EventReader(run / names.EVENTS).read() if event["kind"] == kind]


def weights(loop: Loop) -> dict[str, np.ndarray]:
    return model_arrays(loop._s.model)


def stop_after(steps: int) -> Callable[[], bool]:
    """True from the question before step ``steps + 1`` on."""
    asked = iter(range(10_000))
    return lambda: next(asked) >= steps
