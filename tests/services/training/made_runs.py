"""Run folders as a worker leaves them, made in milliseconds."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

from ocrweb.config import paths
from ocrweb.config.loader import dump_yaml
from ocrweb.config.training import TrainingConfig
from ocrweb.disk.process import process_start
from ocrweb.rundir import lines, names
from ocrweb.rundir.events import EventWriter
from ocrweb.rundir.status import RunStatus, write_status


def make_run(stem: str = "20260101_000000_demo", state: str | None = "finished", **config: Any) -> Path:
    """A run folder; without a state it was prepared but never started. An active one belongs to this process."""
    folder = paths.workdirs_dir() / stem
    (folder / names.SAMPLES).mkdir(parents=True)
    (folder / names.CONFIG).write_text(dump_yaml(TrainingConfig(dataset="/data/demo", **config)), encoding="utf-8")
    if state is not None:
        pid = os.getpid()
        status = RunStatus(
            state=state, pid=pid, pid_start=process_start(pid), host=socket.gethostname(), started=100.0, device="cpu"
        )
        write_status(folder, status)
    return folder


def step_event(writer: EventWriter, step: int, loss: float) -> None:
    parts = {"loss": loss, "loss_shrink": loss / 2, "loss_threshold": loss / 4, "loss_binary": loss / 4}
    writer.write("step", step, epoch=1, iter=step, iters=100, **parts, lr=0.001, ips=2.0, eta=9.0, memory=1.0)


def log_line(step: int, loss: float = 1.0) -> str:
    figures = {"loss": loss, "lr": 0.001, "ips": 2.0, "eta": 9.0, "memory": 1.0}
    return lines.step_line((1, 3), (step, 100), figures)
