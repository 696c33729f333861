"""One training process: builds its session, trains, and leaves a finished, stopped or failed run behind."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import paddle

from ocrweb.config.loader import build, read_yaml
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.model.host_memory import keep_freed_memory
from ocrweb.rundir import lines, names
from ocrweb.training.learn.step import precision
from ocrweb.training.machine.device import select_device
from ocrweb.training.machine.distributed import Group, join
from ocrweb.training.machine.failures import cause_of
from ocrweb.training.machine.ranks import is_rank_process, leave_cause
from ocrweb.training.run.blend import blend
from ocrweb.training.run.finish import finish_run
from ocrweb.training.run.journal import Journal
from ocrweb.training.run.loop import Loop
from ocrweb.training.run.parts import StopAsked
from ocrweb.training.run.session import Opened, open_session


class StopFlag:
    """Set by SIGTERM or SIGINT; the loop looks at it between two steps."""

    def __init__(self) -> None:
        self._set = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._raise)

    def __call__(self) -> bool:
        return self._set

    def _raise(self, number: int, frame: object) -> None:
        self._set = True


def run_rank(run: Path, by: Mapping[str, Any], *, patience: float, resume: bool, halve: bool) -> int:
    """Train in this process; exit code 0 when finished or stopped, 1 when failed.

    by: the process that stands for the run, as of `worked_by`. patience: seconds that a supervisor has to say why another
    rank is gone; 0 without one. resume: go on from ``latest.pdopt``.
    halve: memory ran out last time, cut batches into twice as many parts.
    """
    stop = StopFlag()
    rank = int(os.environ.get("PADDLE_TRAINER_ID", "0"))
    journal = Journal(run, writes=rank == 0, by=by)
    try:
        config = build(TrainingConfig, read_yaml(run / names.CONFIG), where=str(run / names.CONFIG))
        device = select_device(config.device)
        if device == "cpu":
            keep_freed_memory()
        paddle.seed(config.seed)
        group = join()
        opened = open_session(run, config, group=group, journal=journal, stop_asked=stop, resume=resume, halve=halve)
        parameters = sum(int(p.size) for p in opened.session.model.parameters())
        computing = precision(config.optimizer.amp)
        journal.start(device, computing, opened.session.schedule.steps, config.epochs, parameters)
        if (report := opened.base.report) and not resume:
            journal.weights(report)
        try:
            return _train(opened, group, journal, halve=halve)
        finally:
            opened.session.close()
    except Exception as failure:  # every way to fail ends in a named cause in the run's files
        with contextlib.suppress(OSError):  # the disk may be full
            traceback.print_exc(file=sys.stderr)
        if patience and is_rank_process() and not isinstance(failure, OcrwebError):
            time.sleep(patience)  # when another rank is gone its connection breaks here; the supervisor says why
        cause = cause_of(failure, str(run))
        if rank:
            leave_cause(run, rank, cause)
        journal.fail(cause)
        return 1


def _train(opened: Opened, group: Group, journal: Journal, *, halve: bool) -> int:
    loop = Loop(opened.session, opened.progress)
    if halve:
        loop.save()  # so that the next kill halves what was halved, not what was too large before
    try:
        if opened.base.pretrained and not opened.progress.best:
            loop.measure_base()
        loop.run()
    except StopAsked:
        if group.writes:
            finish_run(opened, loop.progress, complete=False)
        journal.stop()
        return 0
    if group.writes:
        _blend(opened, loop)
        finish_run(opened, loop.progress, complete=True)
    journal.finish()
    return 0


def _blend(opened: Opened, loop: Loop) -> None:
    progress, journal = loop.progress, opened.session.journal
    made = blend(opened, progress.kept, progress.evaluations, progress.best["hmean"])
    if made is not None:
        before, best = progress.best["hmean"], made.best(progress.best["epoch"])
        loop.take_over(best)
        journal.say(lines.blend_line(made.steps, best["hmean"], before))
        journal.event("blend", steps=list(made.steps), hmean=best["hmean"], before=before)
