"""A run as the page shows it: read from its folder, only what is new, shared by all who watch."""

from __future__ import annotations

import bisect
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.rundir.events import EventReader
from ocrweb.rundir.status import FINISHED, RunStatus, read_status
from ocrweb.services.files.recent import Recent
from ocrweb.services.training import queue as training_queue
from ocrweb.services.training.by_group import CardGroups, card_groups

TAIL_BYTES = 64 * 1024
TAIL_LINES = 200
POINTS = 500
KEPT = 8
LOSSES = ("loss", "loss_shrink", "loss_threshold", "loss_binary", "loss_unlabelled")
SMOOTHING = 0.9
Level = Literal["plain", "good", "warning", "error", "metric"]
_LEVELS: tuple[tuple[Level, re.Pattern[str]], ...] = (
    ("error", re.compile(r"training failed|traceback|error\b|\bnan\b|exception|killed", re.IGNORECASE)),
    ("warning", re.compile(r"warning|stopped at|→", re.IGNORECASE)),
    ("good", re.compile(r"training finished|best metric|starting training", re.IGNORECASE)),
    ("metric", re.compile(r"cur metric|hmean", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Series:
    """Figures over optimizer steps, at most `POINTS` a line. values: by name; None where a figure is not finite."""

    steps: tuple[int, ...]
    values: dict[str, tuple[float | None, ...]]


@dataclass(frozen=True, slots=True)
class RunView:
    """key: equal as long as nothing that is shown has changed. log: level and text of the latest lines.

    losses: smoothed, and lr as it is. evaluations: hmean, precision, recall by step. samples: evaluation pictures, the
    latest step first, with their step. groups: on what a finished run's model fails. place: in the queue from 1, 0 when it does not wait. last: no other waits behind it.
    """

    name: str
    folder: Path
    key: tuple[Any, ...]
    status: RunStatus
    place: int
    last: bool
    log: tuple[tuple[Level, str], ...]
    log_size: int
    losses: Series
    evaluations: Series
    samples: tuple[tuple[int, Path], ...]
    groups: CardGroups | None = None

    @property
    def state(self) -> str:
        return "queued" if self.place and not self.status.active else self.status.state

    @property
    def active(self) -> bool:
        return self.status.active


def run_view(name: str | None) -> RunView | None:
    """The run of a name, ``latest``, or None when there is no such run (any more)."""
    try:
        folder = names.find_run(paths.workdirs_dir(), name or names.LATEST_LINK)
    except OcrwebError:
        return None
    with _lock:
        watched = _watched.get(folder) or _watched.put(folder, _Watched(folder))
    return watched.view()


def log_tail(path: Path, size: int = TAIL_BYTES) -> tuple[tuple[Level, str], ...]:
    """The last whole lines of a log, however long it is, each with its level; half a line at the end waits."""
    try:
        with path.open("rb") as file:
            end = file.seek(0, 2)
            file.seek(max(0, end - size))
            raw = file.read(size)
    except OSError:
        return ()
    whole = raw.rpartition(b"\n")[0]
    if end > size:
        whole = whole.partition(b"\n")[2]
    lines = whole.decode("utf-8", "replace").split("\n") if whole else []
    return tuple((level_of(line), line) for line in lines[-TAIL_LINES:])


def level_of(line: str) -> Level:
    """What colour a line deserves."""
    return next((level for level, pattern in _LEVELS if pattern.search(line)), "plain")


class Smoothed:
    """Running average that starts at the first value (bias-corrected); None stays None and leaves the average alone."""

    def __init__(self, weight: float = SMOOTHING) -> None:
        self._weight = weight
        self._total = self._count = 0.0
        self.values: list[float | None] = []

    def add(self, value: float | None) -> None:
        if value is None:
            self.values.append(None)
            return
        weight = self._weight
        self._total = weight * self._total + (1 - weight) * value
        self._count = weight * self._count + (1 - weight)
        self.values.append(self._total / self._count)


def thin(steps: Sequence[int], values: Sequence[float | None], points: int = POINTS) -> list[int]:
    """Indices of at most ``points`` points, first and last among them."""
    count = min(len(steps), len(values))
    if count <= points:
        return list(range(count))
    return sorted({round(number * (count - 1) / (points - 1)) for number in range(points)})


class _Watched:
    """What was read of one run so far."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._events = EventReader(folder / names.EVENTS)
        self._lock = threading.Lock()
        self._steps: list[dict[str, Any]] = []
        self._evals: list[dict[str, Any]] = []
        self._smoothed = {name: Smoothed() for name in LOSSES}
        self._view: RunView | None = None

    def view(self) -> RunView:
        with self._lock:
            status = read_status(self._folder)
            queue = [entry.run for entry in training_queue.waiting()]
            place = queue.index(self._folder.name) + 1 if self._folder.name in queue else 0
            last = place in (0, len(queue))
            log = self._folder / names.LOG
            key: tuple[Any, ...] = (self._folder.name, place, last, status, *_stamp(log))
            key += (_stamp(self._folder / names.EVENTS)[0], _stamp(self._folder / names.SAMPLES)[1])
            if self._view is None or self._view.key != key:
                self._take_in()
                self._view = RunView(
                    name=self._folder.name,
                    folder=self._folder,
                    key=key,
                    status=status,
                    place=place,
                    last=last,
                    log=log_tail(log),
                    log_size=_stamp(log)[0],
                    losses=self._losses(),
                    evaluations=_series(self._evals, ("hmean", "precision", "recall")),
                    samples=_samples(self._folder / names.SAMPLES),
                    groups=card_groups(self._folder) if status.state == FINISHED else None,
                )
            return self._view

    def _take_in(self) -> None:
        for event in self._events.read():
            kept = {"step": self._steps, "eval": self._evals}.get(event["kind"])
            if kept is None:
                continue
            again = bisect.bisect_left([e["step"] for e in kept[-1000:]], event["step"])
            again += max(0, len(kept) - 1000)
            if again < len(kept):  # a resumed run goes over steps that it had done
                del kept[again:]
                if kept is self._steps:
                    self._smooth_anew()
            kept.append(event)
            if kept is self._steps:
                self._smooth(event)

    def _smooth(self, event: dict[str, Any]) -> None:
        for name, smoothed in self._smoothed.items():
            smoothed.add(event.get(name))

    def _smooth_anew(self) -> None:
        self._smoothed = {name: Smoothed() for name in LOSSES}
        for event in self._steps:
            self._smooth(event)

    def _losses(self) -> Series:
        steps = [event["step"] for event in self._steps]
        chosen = thin(steps, steps)
        values: dict[str, tuple[float | None, ...]] = {}
        for name, smoothed in self._smoothed.items():
            values[name] = tuple(smoothed.values[index] for index in chosen)
        values["lr"] = tuple(self._steps[index].get("lr") for index in chosen)
        return Series(tuple(steps[index] for index in chosen), values)


_lock = threading.Lock()
_watched: Recent[Path, _Watched] = Recent(KEPT)


def _series(events: list[dict[str, Any]], columns: tuple[str, ...]) -> Series:
    steps = [event["step"] for event in events]
    chosen = thin(steps, steps)
    values = {name: tuple(events[index].get(name) for index in chosen) for name in columns}
    return Series(tuple(steps[index] for index in chosen), values)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        state = path.stat()
    except OSError:
        return (0, 0)
    return (state.st_size, state.st_mtime_ns)


def _samples(folder: Path) -> tuple[tuple[int, Path], ...]:
    found = []
    if folder.is_dir():
        for path in folder.glob("step_*.jpg"):
            step = path.stem.split("_")[1]
            if step.isdigit():
                found.append((int(step), path))
    return tuple(sorted(found, key=lambda pair: (-pair[0], pair[1].name)))
