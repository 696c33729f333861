"""``status.json``: the present state of a run, replaced as a whole, readable at any instant."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrweb.config.documents import is_number, parse_json
from ocrweb.disk import atomic
from ocrweb.disk.process import Process, process_of, seconds_since
from ocrweb.rundir import names

STARTING, RUNNING, FINISHED, STOPPED, FAILED, LOST = "starting", "running", "finished", "stopped", "failed", "lost"
ACTIVE = (STARTING, RUNNING)
STATES = (*ACTIVE, FINISHED, STOPPED, FAILED, LOST)


@dataclass(frozen=True, slots=True)
class RunStatus:
    """state: starting, running, finished, stopped (asked to), failed, or lost (its process is gone without a word).

    pid, pid_start, pid_boot: the worker's process as `Process` has it, so that a reused pid is not taken for the worker;
    0 and "" while it is not known. started, updated: seconds since 1970, by a clock that people may set;
    seconds: how long its workers have run, by one that they may not, earlier: those before the present one. doing: what
    takes so long that no step is made, ``evaluate`` or "". step, steps: optimizer steps
    done and planned. epoch, epochs: count from 1. loss, lr, ips (pictures a second), eta (seconds), memory (GiB): the
    latest figures. best: hmean, precision, recall, step, epoch of the best evaluation so far, and of the base model
    ``base_hmean``. outcome: what a finished training was good for, one of ``improved``, ``thresholds`` (the weights
    are no better, only their thresholds), ``nothing``, ``worse``; None before. hmean, base_hmean: of the result and of the
    base model by the same rule; verdict: their intervals and further figures, and under ``doubt`` why they prove nothing. cause: why it ended early, as `OcrwebError.to_record` has it.
    """

    state: str = STARTING
    pid: int = 0
    pid_start: int = 0
    pid_boot: str = ""
    host: str = ""
    started: float = 0.0
    updated: float = 0.0
    seconds: float = 0.0
    earlier: float = 0.0
    doing: str = ""
    device: str = ""
    step: int = 0
    steps: int = 0
    epoch: int = 0
    epochs: int = 0
    loss: float | None = None
    lr: float | None = None
    ips: float | None = None
    eta: float | None = None
    memory: float | None = None
    best: dict[str, Any] = dataclasses.field(default_factory=dict)
    cause: dict[str, Any] | None = None
    outcome: str | None = None
    hmean: float | None = None
    base_hmean: float | None = None
    verdict: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    @property
    def process(self) -> Process:
        return Process(self.pid, self.pid_start, self.pid_boot)

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


def worked_by(pid: int) -> dict[str, Any]:
    """The fields of a status that name a process of this machine."""
    found = process_of(pid)
    return {"pid": pid, "pid_start": found.start, "pid_boot": found.boot, "host": socket.gethostname()}


def write_status(run: Path, status: RunStatus) -> None:
    """Replace the run's status; ``updated`` and ``seconds`` become those of now."""
    document = {"schema": 1, **status.to_dict(), "updated": round(time.time(), 3), "seconds": round(age(status), 1)}
    atomic.write_text(run / names.STATUS, json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def read_status(run: Path) -> RunStatus:
    """The state as the worker last wrote it, corrected to ``lost`` when its process is gone.

    A folder without a readable status gives ``lost`` too. Keys of a newer version are left out.
    """
    try:
        document = parse_json((run / names.STATUS).read_text(encoding="utf-8"))
        known = {field.name for field in dataclasses.fields(RunStatus)}
        status = RunStatus(**{key: value for key, value in document.items() if key in known})
    except (OSError, ValueError, TypeError, AttributeError):
        return RunStatus(state=LOST)
    if not _is_sound(status):
        return RunStatus(state=LOST)
    if status.active and not worker_alive(status):
        return dataclasses.replace(status, state=LOST)
    return status


def _is_sound(status: RunStatus) -> bool:
    """Whether each value is of its kind: a damaged file may hold anything."""
    usual = RunStatus().to_dict()
    return status.state in STATES and all(_fits(value, usual[name], name) for name, value in status.to_dict().items())


def _fits(value: Any, usual: Any, name: str) -> bool:
    if usual is None:
        kind = {"cause": dict, "outcome": str}.get(name)
        return value is None or (isinstance(value, kind) if kind else is_number(value))
    if isinstance(usual, float):
        return is_number(value)
    return isinstance(value, type(usual)) and (not isinstance(value, int) or is_number(value))


def worker_alive(status: RunStatus) -> bool:
    """Whether the process that wrote the status still runs; taken as true for another machine's run that spoke recently."""
    if status.host and status.host != socket.gethostname():
        return time.time() - status.updated < 600
    return status.process.is_running()


def age(status: RunStatus) -> float:
    """Seconds that the run's workers have been at it, as far as is known; it stands still when the worker is gone.

    Counted from the process's start by the system's own clock, so that setting the time of day changes nothing.
    """
    if status.host and status.host != socket.gethostname():
        return (
            max(status.seconds, status.earlier + status.updated - status.started) if status.started else status.seconds
        )
    if not status.process.is_running():
        return status.seconds
    if status.pid_start <= 0 or not hasattr(time, "CLOCK_BOOTTIME"):
        return status.earlier + (max(0.0, time.time() - status.started) if status.started else 0.0)
    return status.earlier + seconds_since(status.pid_start)


def ask_to_stop(status: RunStatus) -> bool:
    """Send the worker SIGTERM: it saves a checkpoint and ends as ``stopped``. False when it is not running here."""
    if not status.active or not status.process.is_running():
        return False
    os.kill(status.pid, signal.SIGTERM)
    return True
