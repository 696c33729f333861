"""The training loop: batches in, weights out; evaluates, saves, and stops where it should."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

import numpy as np

from ocrweb.config.judgement import POOR_BELOW
from ocrweb.errors import OcrwebError
from ocrweb.evaluation.sweep import COARSE
from ocrweb.model.weights import save_weights
from ocrweb.rundir import names
from ocrweb.training.learn.evaluate import FIXED, Evaluation
from ocrweb.training.learn.step import Lesson, StepResult
from ocrweb.training.machine import memory
from ocrweb.training.run.candidates import keep_candidate
from ocrweb.training.run.checkpoint import Checkpoint, RunProgress, model_arrays, optimizer_arrays, save_checkpoint
from ocrweb.training.run.mean_teacher import weight_at
from ocrweb.training.run.pace import Pace
from ocrweb.training.run.parts import Session, StopAsked

EVALUATIONS = 10
LOG_STEPS, LOG_SECONDS = 10, 10.0
COLLAPSED_AFTER = 2
HALVE_AFTER, FAIL_AFTER, FAIL_SHARE = 3, 10, 0.2


class Loop:
    """Trains a session from where its progress says to the end."""

    def __init__(self, session: Session, progress: RunProgress) -> None:
        self._s = session
        self.progress = progress
        self._started = time.monotonic() - progress.seconds
        self._limit = session.config.max_minutes * 60
        self._time_used = progress.seconds / self._limit if self._limit else 0.0
        self._pace = Pace()
        self._mark = self._evaluations_due()
        self._last: dict[str, float] = {}

    def run(self) -> None:
        """Train to the end: of the epochs, of the time, or of patience. Raises StopAsked, or OcrwebError ``train.…``."""
        s = self._s
        s.before_steps()
        try:
            for epoch in range(self.progress.epoch, s.config.epochs):
                self._train_epoch(epoch)
                if self._over():
                    break
                self.progress = dataclasses.replace(self.progress, epoch=epoch + 1, batch=0)
            if self.progress.evaluated != self.progress.step:
                self.evaluate()
        except StopAsked:
            self.save()
            raise
        self.save()

    def measure_base(self) -> None:
        """Zero-shot: what the base model scores as it is. It is the score to beat, and the first ``best.pdparams``."""
        hmean = self.evaluate().choice.score.hmean
        self.progress = dataclasses.replace(self.progress, base_hmean=hmean)
        self.save()
        if self._s.group.writes and hmean < POOR_BELOW:
            self._s.look_at_labels()

    def evaluate(self) -> Evaluation:
        """Evaluate the averaged weights; they become ``best.pdparams`` when they are better than all before."""
        s, step = self._s, self.progress.step
        s.journal.evaluating()
        s.group.average_tensors(s.average.statistics())
        with s.average.applied():
            grid = COARSE if s.config.evaluation.tune_thresholds else FIXED
            found = s.evaluator.evaluate(s.model, grid)
            score = found.choice.score
            better = not self.progress.best or score.hmean > self.progress.best["hmean"]
            if better:
                best = {
                    "hmean": score.hmean,
                    "precision": score.precision,
                    "recall": score.recall,
                    "step": step,
                    "epoch": self._epoch,
                    **found.choice.thresholds(),
                }
                self.progress = dataclasses.replace(self.progress, best=best, stale=0)
                if s.group.writes:
                    save_weights(s.model, s.run / names.BEST)
            else:
                self.progress = dataclasses.replace(self.progress, stale=self.progress.stale + 1)
            if s.group.writes:
                s.save_samples(found, step)
            self._keep(score.hmean, step)
        self.progress = dataclasses.replace(self.progress, evaluated=step)
        self._report(found)
        self._watch_for_collapse(score.hmean)
        self._watch_teacher(score.hmean)
        s.before_steps()
        return found

    def take_over(self, best: dict[str, Any]) -> None:
        """Other weights are the best now, and in ``best.pdparams``. best: as `RunProgress.best`."""
        self.progress = dataclasses.replace(self.progress, best=best)
        self._s.journal.update(best=best)
        self.save()

    def _keep(self, hmean: float, step: int) -> None:
        """Put the weights by that may be averaged at the end."""
        s, most = self._s, self._s.config.checkpoint.averaged
        if not step:
            return
        kept = self.progress.kept
        if most and s.group.writes:
            kept = keep_candidate(kept, hmean, step, most, s.model, s.run)
        self.progress = dataclasses.replace(self.progress, evaluations=self.progress.evaluations + 1, kept=kept)

    def save(self) -> None:
        """Write the state for a resume, and the averaged weights for use. Only rank 0 writes."""
        s = self._s
        if not s.group.writes:
            return
        progress = dataclasses.replace(
            self.progress,
            seconds=time.monotonic() - self._started,
            parts=s.stepper.parts,
            loss_scale=s.stepper.loss_scale,
        )
        arrays = (model_arrays(s.model), optimizer_arrays(s.optimizer, s.model), s.average.arrays())
        save_checkpoint(s.run / names.LATEST_OPTIMIZER, Checkpoint(progress, *arrays))
        with s.average.applied():
            save_weights(s.model, s.run / names.LATEST)
        s.journal.event("checkpoint", file=names.LATEST_OPTIMIZER)

    @property
    def _epoch(self) -> int:
        """The epoch under way, from 1."""
        return min(self.progress.epoch + 1, self._s.config.epochs)

    def _train_epoch(self, epoch: int) -> None:
        s = self._s
        self._pace.start()
        for batch in s.feed.batches(epoch, self.progress.batch):
            self._agree()
            if self._over():
                return
            rate = s.schedule.rate(self.progress.step, self._time_used) * self.progress.rate_scale
            result = s.stepper.step(batch, rate, self._lesson())
            self.progress = dataclasses.replace(
                self.progress, step=self.progress.step + 1, epoch=epoch, batch=self.progress.batch + 1
            )
            self._take_in(result, rate)
            self._pace.add(result.losses, len(batch) * s.group.size)
            self._log(rate)
            if (mark := self._evaluations_due()) > self._mark:
                self._mark = mark
                self._pace.pause()
                self.evaluate()
                self.save()
                self._pace.start()
            elif self.progress.step % s.config.checkpoint.every_steps == 0:
                self.save()

    def _take_in(self, result: StepResult, rate: float) -> None:
        """Average the weights after a good step; count a bad one that no loss scale will mend, slow down, give up."""
        s = self._s
        if result.taken:
            s.average.update(self.progress.step)
            self.progress = dataclasses.replace(self.progress, bad_row=0)
            return
        s.average.restore_statistics()
        if result.overflowed:
            return
        bad, row = self.progress.bad_steps + 1, self.progress.bad_row + 1
        scale = self.progress.rate_scale
        if row % HALVE_AFTER == 0:
            scale /= 2
            s.journal.warn(OcrwebError("train.rate-halved", count=row, rate=f"{rate / 2:.2g}"))
        self.progress = dataclasses.replace(self.progress, bad_steps=bad, bad_row=row, rate_scale=scale)
        if row >= FAIL_AFTER or bad >= max(FAIL_AFTER, FAIL_SHARE * self.progress.step):
            self.save()
            raise OcrwebError("train.not-finite", count=bad, rate=f"{rate:.2g}")

    def _log(self, rate: float) -> None:
        s, step = self._s, self.progress.step
        iteration = (self.progress.batch, s.feed.steps)
        s.journal.update(step=step, epoch=self._epoch)
        due = step % LOG_STEPS == 0 or iteration[0] == iteration[1] or self._pace.seconds >= LOG_SECONDS
        if not due:
            return
        losses, ips, seconds_a_step = self._pace.take()
        left = (s.schedule.steps - step) * seconds_a_step
        if self._limit:
            left = min(left, max(0.0, self._limit - (time.monotonic() - self._started)))
        figures = {**losses, "lr": rate, "ips": ips, "eta": left, "memory": memory.used_gib()}
        s.journal.progress(self._epoch, iteration, figures)
        self._last = {"loss": losses["loss"], "lr": rate}

    def _report(self, found: Evaluation) -> None:
        score = found.choice.score
        row = {"epoch": self._epoch, "hmean": score.hmean, "precision": score.precision, "recall": score.recall}
        self._s.journal.update(step=self.progress.step)
        self._s.journal.evaluated({**row, **self._last}, self.progress.best, found.choice.thresholds())

    def _watch_for_collapse(self, hmean: float) -> None:
        """Say once that training destroys the network: two evaluations in a row score under half of the base model's."""
        base = self.progress.base_hmean
        fallen = base is not None and hmean < base / 2  # the base itself is none while it is measured
        row = self.progress.collapsed + 1 if fallen else 0
        self.progress = dataclasses.replace(self.progress, collapsed=row)
        if row == COLLAPSED_AFTER:
            rate = f"{self._s.config.learning_rate:g}"
            self._s.journal.warn(OcrwebError("train.collapsed", hmean=f"{hmean:.4f}", base=f"{base:.4f}", rate=rate))

    def _lesson(self) -> Lesson | None:
        teacher, progress = self._s.teacher, self.progress
        return None if teacher is None or progress.gate.shut else teacher.lesson(progress.step, self._done)

    def _watch_teacher(self, hmean: float) -> None:
        """Learning without labels is over once evaluations stay under what was reached without it."""
        s, before = self._s, self.progress.gate
        if s.teacher is None:
            return
        under_way = weight_at(s.teacher.options, self._done) > 0
        gate = before.after(hmean, self.progress.best["hmean"], under_way=under_way)
        self.progress = dataclasses.replace(self.progress, gate=gate)
        if gate.shut and not before.shut:
            figures = {"hmean": f"{hmean:.4f}", "before": f"{gate.before:.4f}"}
            s.journal.warn(OcrwebError("train.unlabelled-off", **figures))
        if count := s.teacher.newly_unreadable():
            s.journal.warn(OcrwebError("train.unlabelled-unreadable", count=count))

    def _agree(self) -> None:
        """Processes that train together go by one clock, and stop when one of them is asked to: StopAsked.

        With clocks of their own they would learn at slightly different rates, and their weights would drift apart.
        """
        s = self._s
        used = (time.monotonic() - self._started) / self._limit if self._limit else 0.0
        stops, used = s.group.sum_array(np.array([float(s.stop_asked()), used])).tolist()
        self._time_used = used / s.group.size
        if stops:
            raise StopAsked

    def _evaluations_due(self) -> int:
        """How many evaluations the run should have had by now: by steps, else one an epoch, ten in all."""
        s = self._s
        if every := s.config.evaluation.every_steps:
            return self.progress.step // every
        wanted = EVALUATIONS if s.config.max_minutes else min(EVALUATIONS, s.config.epochs)
        return int(self._done * wanted + 1e-9)

    @property
    def _done(self) -> float:
        """Share of the run that is done: by steps or by time, whichever is further."""
        return max(self.progress.step / self._s.schedule.steps, self._time_used)

    def _over(self) -> bool:
        """Whether time or patience is used up."""
        return self._time_used >= 1.0 or 0 < self._s.config.evaluation.patience <= self.progress.stale
