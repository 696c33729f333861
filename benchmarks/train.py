"""Training speed: our trainer, loader included, against the same step as Paddle runs it when nothing is set.

Two child processes take turns step by step, so that other work on the machine meets both alike. ``ours``: the machine's
environment, memory kept, oneDNN, pictures from files through augmentation and targets. ``paddle``: neither variable set
(Paddle then uses one thread), Paddle's own layers, one fixed batch, no loader. In both batch norm keeps its statistics,
as it does in fine-tuning with batches under 8.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks._measure import finish, limit_cores, machine, ratio_shown, spread, table, told
from benchmarks._pictures import rendered
from ocrweb.data.icdar import read_split
from ocrweb.runtime.paddle_env import MKL_SWITCH, THREADS, machine_environment

READY = "ready"


def main(argv: list[str] | None = None) -> int:
    given = parse(argv)
    if given.child:
        return child(given)
    limit_cores(given.cores)
    contestants = {kind: start(kind, given) for kind in ("ours", "paddle")}
    try:
        seconds: dict[str, list[float]] = {kind: [] for kind in contestants}
        for turn in range(given.rounds + given.warmup):
            for kind, process in contestants.items():
                taken = ask(process)
                if turn >= given.warmup:
                    seconds[kind].append(taken)
    finally:
        for process in contestants.values():
            process.terminate()
            process.wait()
    report(given, seconds)
    return 0


def report(given: argparse.Namespace, seconds: dict[str, list[float]]) -> None:
    middle = {kind: statistics.median(values) for kind, values in seconds.items()}
    ratios = [theirs / ours for ours, theirs in zip(seconds["ours"], seconds["paddle"], strict=True)]
    document: dict[str, Any] = {
        "model": given.model,
        "batch": given.batch,
        "size": given.size,
        "rounds": given.rounds,
        "machine": machine(),
        "seconds_a_step": {kind: round(value, 3) for kind, value in middle.items()},
        "quiet_seconds_a_step": {kind: round(min(values), 3) for kind, values in seconds.items()},
        "samples_a_second": {kind: round(given.batch / value, 2) for kind, value in middle.items()},
        "spread": {kind: round(spread(values), 3) for kind, values in seconds.items()},
        "ratio": told(statistics.median(ratios), spread(ratios), digits=2),
        "quiet_ratio": told(min(seconds["paddle"]) / min(seconds["ours"]), *map(spread, seconds.values()), digits=2),
    }
    rows = [
        (kind, f"{middle[kind]:.2f}", f"{min(seconds[kind]):.2f}", f"{given.batch / middle[kind]:.2f}")
        for kind in seconds
    ]
    text = table(("", "s a step", "fastest", "samples a second"), rows)
    text += f"\nours is {ratio_shown(document['ratio'])} times as fast ({ratio_shown(document['quiet_ratio'])} at the fastest steps)"
    finish("train", document, text, as_json=given.json, out=given.out)


def start(kind: str, given: argparse.Namespace) -> subprocess.Popen[str]:
    """A child that trains one step for every line it is sent and answers with the seconds it took."""
    environment = {name: value for name, value in os.environ.items() if name not in (MKL_SWITCH, THREADS)}
    if kind == "ours":
        environment |= machine_environment(environ={})
    command = [sys.executable, "-m", "benchmarks.train", "--child", kind, "--model", given.model]
    command += ["--batch", str(given.batch), "--size", str(given.size)]
    command += ["--data", str(given.data)] if given.data else []
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == READY:
            return process
    raise SystemExit(f"the {kind} trainer ended with code {process.wait()}")


def ask(process: subprocess.Popen[str]) -> float:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("step\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def child(given: argparse.Namespace) -> int:
    """Train one step for each line on stdin."""
    step = trainer(given, ours=given.child == "ours")
    print(READY, flush=True)
    for _ in sys.stdin:
        began = time.perf_counter()
        step()
        print(time.perf_counter() - began, flush=True)
    return 0


def trainer(given: argparse.Namespace, *, ours: bool) -> Callable[[], None]:
    import paddle

    from ocrweb.config.groups.evaluation import EvaluationOptions
    from ocrweb.config.loader import build
    from ocrweb.config.training import TrainingConfig
    from ocrweb.model import functional
    from ocrweb.model.host_memory import keep_freed_memory
    from ocrweb.model.losses import DBLoss
    from ocrweb.training.feed.feed import open_feed, training_source
    from ocrweb.training.learn.base import load_base
    from ocrweb.training.learn.ema import WeightAverage
    from ocrweb.training.learn.optimizer import build_optimizer
    from ocrweb.training.learn.step import Stepper
    from ocrweb.training.machine.distributed import Group
    from ocrweb.training.run.session import into_training

    paddle.set_device("cpu")
    if ours:
        keep_freed_memory()
    else:
        functional._computes_on_cpu = lambda x: False  # every layer in Paddle's own form
    settings = {"crop_size": given.size, "batch_size": given.batch, "model": given.model}
    config = build(TrainingConfig, settings)
    base = load_base(config.model)
    model = base.model
    into_training(base, config)
    samples = read_split(given.data, "train") if given.data else list(rendered(24).samples)
    feed = open_feed(training_source(samples, config, base.rule(EvaluationOptions())), config, Group())
    batches = (batch for epoch in range(1_000_000) for batch in feed.batches(epoch, 0))
    optimizer = build_optimizer(model, config.optimizer)
    if ours:
        stepper = Stepper(model, DBLoss(), optimizer, config.optimizer, group=Group())
        average = WeightAverage(model, config.ema.decay)
        next(batches)

        def step() -> None:
            stepper.step(next(batches), 1e-4)
            average.update(1)

        return step

    images, targets = next(batches).part(0, given.batch)
    batches.close()
    loss = DBLoss()

    def plain() -> None:
        loss(model(images), targets).loss.backward()
        optimizer.step()
        optimizer.clear_grad()

    return plain


def parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ocrweb bench train", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", default="db-resnet18")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--size", type=int, default=320, help="side of the crop")
    parser.add_argument("--rounds", type=int, default=8, help="steps of each that count")
    parser.add_argument("--warmup", type=int, default=2)
    parser.add_argument("--data", type=Path, help="a dataset (its train split); default: rendered receipts")
    parser.add_argument("--cores", type=int, help="use only so many cores")
    parser.add_argument("--out", type=Path, help="JSON file; default: outputs/benchmarks/train.json")
    parser.add_argument("--json", action="store_true", help="print the JSON document")
    parser.add_argument("--child", choices=("ours", "paddle"), help=argparse.SUPPRESS)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
