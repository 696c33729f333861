"""``python -m ocrweb.training.probe CONFIG``: how long a step and an evaluation take here, and what memory they need.

Prints one JSON document: seconds_to_start, seconds_a_step, seconds_an_evaluation (of one picture), peak_gib, device; or an error's
code, where and params. The pictures are noise: the time of a step does not depend on what is in them.
"""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import paddle
import psutil

from ocrweb.config.loader import build, read_yaml
from ocrweb.config.training import TrainingConfig
from ocrweb.model.host_memory import keep_freed_memory
from ocrweb.training.learn.base import Base, load_base
from ocrweb.training.learn.optimizer import build_optimizer
from ocrweb.training.learn.step import Batch, Stepper, build_loss
from ocrweb.training.machine.answer import answer
from ocrweb.training.machine.device import select_device
from ocrweb.training.machine.distributed import Group
from ocrweb.training.run.session import into_training

STEPS = 3
BUDGET = 20.0
GIB = 2**30


def main(argv: list[str] | None = None) -> int:
    (file,) = sys.argv[1:] if argv is None else argv
    return answer(lambda: measure(build(TrainingConfig, read_yaml(Path(file)))))


def measure(config: TrainingConfig) -> dict[str, Any]:
    """Run a few steps of the config's batch and crop, the first of them untimed, and one picture's evaluation."""
    device = select_device(config.device)
    if device == "cpu":
        keep_freed_memory()
    base = load_base(config.model, random_weights=config.optimizer.random_weights)
    model = base.model
    into_training(base, config)
    optimizer = build_optimizer(model, config.optimizer)
    parts = config.optimizer.accumulate
    stepper = Stepper(model, build_loss(config), optimizer, config.optimizer, group=Group(), parts=parts)
    start = time.time() - psutil.Process().create_time()
    batch = noise(config.batch_size * config.optimizer.accumulate, config.crop_size)
    stepper.step(batch, 1e-6)
    started = time.monotonic()
    times: list[float] = []
    while len(times) < STEPS and time.monotonic() - started < BUDGET:
        begin = time.monotonic()
        stepper.step(batch, 1e-6)
        times.append(time.monotonic() - begin)
    return {
        "device": device,
        "seconds_to_start": start,
        "seconds_a_step": float(np.median(times)),
        "seconds_an_evaluation": _evaluation(base, config),
        "peak_gib": _peak(device),
    }


def noise(size: int, side: int) -> Batch:
    """A batch of random pictures whose upper half is text."""
    rng = np.random.default_rng(0)
    text = np.zeros((size, side, side), np.uint8)
    text[:, : side // 2] = 1
    images = rng.standard_normal((size, 3, side, side), dtype=np.float32)
    return Batch(images, text.astype(np.float32) * 0.4 + 0.3, np.ones_like(text), text, np.ones_like(text))


def _evaluation(base: Base, config: TrainingConfig) -> float:
    side = -(-base.rule(config.evaluation).resize.limit_side // 32) * 32
    base.model.eval()
    picture = paddle.zeros([1, 3, side, -(-int(side * 0.7) // 32) * 32])
    begin = time.monotonic()
    with paddle.no_grad():
        base.model(picture).numpy()
    return time.monotonic() - begin


def _peak(device: str) -> float:
    if device.startswith("gpu"):
        return float(paddle.device.cuda.max_memory_reserved()) / GIB
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / GIB


if __name__ == "__main__":
    with contextlib.suppress(OSError):  # when memory runs out, this process is the one to go
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="utf-8")
    sys.exit(main())
