"""What a run tells the world: log.txt, events.jsonl, status.json and metrics.csv. Only rank 0 writes."""

from __future__ import annotations

import dataclasses
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ocrweb.errors import OcrwebError
from ocrweb.model.weights import LoadReport
from ocrweb.rundir import lines, metrics, names
from ocrweb.rundir.events import EventWriter
from ocrweb.rundir.reserve import keep_reserve, release_reserve
from ocrweb.rundir.status import (
    FAILED,
    FINISHED,
    RUNNING,
    STARTING,
    STOPPED,
    read_status,
    worked_by,
    write_status,
)

STATUS_INTERVAL = 1.0


class Journal:
    """Keeps the four files in step. writes: False makes every method do nothing (other ranks). by: the process that stands
    for the run, as of `worked_by`; by default this one.
    """

    def __init__(self, run: Path, *, writes: bool = True, by: Mapping[str, Any] | None = None) -> None:
        self._run = run
        self._writes = writes
        if not writes:
            return
        before = read_status(run)
        self.status = dataclasses.replace(
            before,
            state=STARTING,
            **(by or worked_by(os.getpid())),
            started=before.started or time.time(),
            doing="",
            eta=None,
            cause=None,
        )
        self._log = (run / names.LOG).open("a", encoding="utf-8", buffering=1)
        self._events = EventWriter(run / names.EVENTS)
        self._written = 0.0

    def say(self, line: str) -> None:
        """A line for people."""
        if self._writes:
            self._log.write(line + "\n")

    def update(self, **changes: Any) -> None:
        """Change the status; it reaches the disk at most once a second, a new state at once."""
        if not self._writes:
            return
        urgent = not changes.keys().isdisjoint(("state", "best", "doing"))
        self.status = dataclasses.replace(self.status, **changes)
        if urgent or time.monotonic() - self._written >= STATUS_INTERVAL:
            write_status(self._run, self.status)
            self._written = time.monotonic()

    def event(self, kind: str, **fields: Any) -> None:
        if self._writes:
            self._events.write(kind, self.status.step, **fields)

    def start(self, device: str, precision: str, steps: int, epochs: int, parameters: int) -> None:
        if self._writes:
            keep_reserve(self._run)
        self.say(lines.STARTING)
        self.say(lines.device_line(device, precision))
        self.update(state=RUNNING, device=device, steps=steps, epochs=epochs)
        self.event("start", steps=steps, epochs=epochs, device=device, precision=precision, parameters=parameters)

    def weights(self, report: LoadReport) -> None:
        """What became of the tensors that the base model's file gave."""
        reshaped = [tensor.name for tensor in report.reshaped]
        self.say(lines.weights_line(len(report.matched), report.total, report.missing, reshaped))
        self.event("weights", matched=len(report.matched), missing=report.missing, reshaped=reshaped)

    def unlabelled(self, pictures: int, unreadable: int, judged: int) -> None:
        """What became of the folder of pictures without labels. judged: left out, since the run is judged on them."""
        self.say(lines.unlabelled_line(pictures, unreadable, judged))
        self.event("unlabelled", pictures=pictures, unreadable=unreadable, judged=judged)

    def progress(self, epoch: int, iteration: tuple[int, int], figures: dict[str, float]) -> None:
        """One progress line. epoch: from 1; figures as `lines.step_line` wants them."""
        if not self._writes:
            return
        self.say(lines.step_line((epoch, self.status.epochs), iteration, figures))
        self.event("step", epoch=epoch, iter=iteration[0], iters=iteration[1], **figures)
        self.update(epoch=epoch, **{name: figures[name] for name in ("loss", "lr", "ips", "eta", "memory")})

    def evaluating(self) -> None:
        """An evaluation begins: no step is made until it is over."""
        self.update(doing="evaluate")

    def evaluated(self, row: dict[str, Any], best: dict[str, Any], thresholds: dict[str, float]) -> None:
        """An evaluation. row: epoch, hmean, precision, recall and, once training began, loss and lr."""
        if not self._writes:
            return
        self.say(lines.metric_line(row["hmean"], row["precision"], row["recall"]))
        self.say(lines.best_line(best["hmean"], best["epoch"]))
        self.event("eval", **row, thresholds=thresholds, best=best["hmean"])
        cells = {**row, **thresholds, "time": round(time.time(), 3), "step": self.status.step}
        numbers = {name: round(value, 6) if isinstance(value, float) else value for name, value in cells.items()}
        metrics.append_row(self._run / names.METRICS, {**numbers, "best_hmean": round(best["hmean"], 6)})
        self.update(best=best, doing="")

    def judged(self, outcome: str, figures: dict[str, Any]) -> None:
        """Whether training helped. figures: as `outcome.verdict` has them."""
        self.say(lines.outcome_line(outcome, figures))
        self.event("outcome", outcome=outcome, **figures)
        self.update(outcome=outcome, hmean=figures["hmean"], base_hmean=figures.get("base_hmean"), verdict=figures)

    def warn(self, error: OcrwebError) -> None:
        """Something was wrong and the run goes on."""
        self.say(f"Warning: {error.message()} {error.hint()}")
        self.event("warning", code=error.code, params=error.to_record()["params"])

    def finish(self) -> None:
        self._end(FINISHED, lines.FINISHED, None)

    def stop(self) -> None:
        if self._writes:
            self._end(STOPPED, lines.stopped_line(self.status.step), None)

    def fail(self, error: OcrwebError) -> None:
        """The last word of a failed run, on a full disk in the room kept for it; else it goes to stderr."""
        if not self._writes:
            return
        cause = error.to_record()
        release_reserve(self._run)
        try:
            self._end(FAILED, f"{lines.failed_line(error.message())}\n  → {error.hint()}", cause)
        except OSError as full:
            print(f"{lines.failed_line(error.message())} ({full})", file=sys.stderr, flush=True)

    def _end(self, state: str, line: str, cause: dict[str, Any] | None) -> None:
        if not self._writes:
            return
        try:
            self.event("end", state=state, cause=cause)
            self.say(line)
            self._log.flush()
            os.fsync(self._log.fileno())
        finally:  # last: whoever sees that the run has ended finds everything said
            self.update(state=state, cause=cause, eta=None if state == FAILED else 0.0)
            release_reserve(self._run)
