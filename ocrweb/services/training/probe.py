"""What a run will cost before it is started: steps counted, time and memory measured by a short probe in a child process."""

from __future__ import annotations

import hashlib
import math
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from ocrweb.config.loader import dump_yaml
from ocrweb.config.training import TrainingConfig, dataset_folder
from ocrweb.disk.child import end_group, start_module
from ocrweb.errors import OcrwebError
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.device import see_gpus
from ocrweb.runtime.paddle_env import child_environment
from ocrweb.services.datasets.reports import checked
from ocrweb.services.files.remembered import Remembered
from ocrweb.services.files.versions import versions
from ocrweb.services.training.device import device_of
from ocrweb.services.work.child import printed_answer

SCHEMA = 3  # raised when training becomes faster or needs other memory: what was measured before is too much then
TIMEOUT = 180.0
GIB = 2**30
EVALUATIONS = 10
SUPERVISOR_GIB = 0.2
LOOK = 0.1  # seconds between two looks at the memory that is left
SPARE_SHARE = 0.03  # of the machine's memory: with less than that free the probe is ended
_probes = Remembered("probes.json", "probes", schema=SCHEMA, kept=200)
_turn = threading.Lock()


@dataclass(frozen=True, slots=True)
class Estimate:
    """steps: optimizer steps. evaluations: how often the held-out pictures are judged. seconds: of the whole run.

    memory: GiB that training needs at its highest. available: GiB that the device has free now.
    """

    pictures: int
    held_out: int
    steps: int
    evaluations: int
    seconds: float
    memory: float
    available: float
    device: str

    @property
    def too_large(self) -> bool:
        return self.memory > self.available


def estimate(config: TrainingConfig, *, timeout: float = TIMEOUT) -> Estimate:
    """Steps, time and memory of a run. The probe runs once a model, crop, batch and device; it takes some seconds.

    Raises what naming dataset and model raises, ``jobs.probe-failed``, ``jobs.probe-slow``, ``jobs.probe-memory``.
    """
    pictures = int(checked(dataset_folder(config.dataset)).counts["train_pictures"])
    with _turn:
        measured = _measured(config, timeout)
    return from_probe(config, pictures, measured, _available(device_of(config.device)))


def from_probe(config: TrainingConfig, pictures: int, measured: dict[str, Any], available: float) -> Estimate:
    """The arithmetic of `estimate`. measured: the probe's document. available: GiB."""
    options = config.evaluation
    held_out = min(options.max_pictures, round(pictures * options.validation_ratio)) if pictures > 1 else 0
    batch = config.batch_size * config.optimizer.accumulate
    steps = math.ceil(max(1, pictures - held_out) / batch) * config.epochs
    if options.every_steps:
        evaluations = steps // options.every_steps
    else:
        evaluations = EVALUATIONS if config.max_minutes else min(EVALUATIONS, config.epochs)
    judged = held_out or min(options.max_pictures, pictures)
    training = steps * measured["seconds_a_step"]
    if config.max_minutes:
        training = min(training, config.max_minutes * 60)
    seconds = measured["seconds_to_start"] + training + (evaluations + 2) * judged * measured["seconds_an_evaluation"]
    memory = measured["peak_gib"] + SUPERVISOR_GIB
    return Estimate(pictures, held_out, steps, evaluations, seconds, memory, available, measured["device"])


def _measured(config: TrainingConfig, timeout: float) -> dict[str, Any]:
    key = _key(config)
    known = _probes.get(key)
    if known is None:
        known = _probe(config, timeout)
        _probes.put(key, known)
    return dict(known)


def _probe(config: TrainingConfig, timeout: float) -> dict[str, Any]:
    """The child's document. It takes real steps, so it is ended before the machine runs out of memory."""
    free = psutil.virtual_memory().available / GIB
    with tempfile.TemporaryDirectory(prefix="ocrweb-") as temporary:
        file = Path(temporary) / "config.yml"
        file.write_text(dump_yaml(config), encoding="utf-8")
        child = start_module(
            "ocrweb.training.probe",
            file,
            environment=child_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            output = _await(child, timeout, free)
        finally:
            end_group(child)
    if child.returncode == -signal.SIGKILL:  # by the system, whose limit may be tighter than the machine's memory
        raise OcrwebError("jobs.probe-memory", free=f"{free:.1f}")
    try:
        return printed_answer(output.decode("utf-8"))
    except ValueError as error:
        raise OcrwebError("jobs.probe-failed", reason=f"exit {child.returncode}") from error


def _await(child: subprocess.Popen[bytes], timeout: float, free: float) -> bytes:
    """What the child prints. free: GiB that there were before. Raises ``jobs.probe-slow``, ``jobs.probe-memory``."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            return child.communicate(timeout=LOOK)[0]
        except subprocess.TimeoutExpired as waiting:
            memory = psutil.virtual_memory()
            if memory.available < SPARE_SHARE * memory.total:
                raise OcrwebError("jobs.probe-memory", free=f"{free:.1f}") from waiting
            if time.monotonic() > deadline:
                raise OcrwebError("jobs.probe-slow", seconds=round(timeout)) from waiting


def _available(device: str) -> float:
    if device.startswith("gpu"):
        index = int(device.partition(":")[2] or 0)
        return next((gpu.free / GIB for gpu in see_gpus().gpus if gpu.index == index), 0.0)
    return psutil.virtual_memory().available / GIB


def _key(config: TrainingConfig) -> str:
    state = (
        resolve(config.model).stamp(), config.model, config.crop_size, config.batch_size, device_of(config.device),
        config.optimizer.model_dump(), config.evaluation.limit_side, sorted(versions().items()),
    )  # fmt: skip
    return hashlib.sha256(repr(state).encode()).hexdigest()[:24]
