"""``python -m ocrweb.training.worker RUN``: the process of a training run.

It supervises one process a device and has the last word in the run's files, whatever becomes of them: a native crash
or the kernel's out-of-memory killer still ends in a named cause. The supervisor itself never loads Paddle.
With ``--cluster`` these processes are on the machines of a Ray cluster, and go on from the last checkpoint with those that
are left when one is lost. Under ``paddle.distributed.launch`` (several machines) each process is a rank right away.
"""

from __future__ import annotations

import sys

if not __package__:  # run as a file by paddle.distributed.launch: this folder must not hide other packages
    sys.path[0] = __file__.rpartition("/ocrweb/")[0] or "."

import argparse
import json
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from ocrweb.disk.child import start_module
from ocrweb.disk.lock import run_lock
from ocrweb.disk.passing import sweep_all
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.rundir.status import FAILED, FINISHED, STOPPED, read_status, worked_by
from ocrweb.training.machine.failures import cause_of_exit
from ocrweb.training.machine.fleet import Fleet, RemoteRank
from ocrweb.training.machine.host import MODULE
from ocrweb.training.machine.ranks import (
    GRACE,
    complete_environment,
    die_with,
    is_rank_process,
    kills_for_memory,
    rank_environments,
    take_cause,
)
from ocrweb.training.run.journal import Journal

GENTLE = 5  # steps of priority: a third of the processor where others want it too, all of it where they do not
RESTARTS = 4
Rank = subprocess.Popen[bytes] | RemoteRank


def main(argv: list[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    if arguments.rank or is_rank_process():
        if arguments.rank:  # before Paddle is loaded, which takes seconds; on another machine nobody asked for a stop
            die_with(arguments.rank, signal.SIGKILL if arguments.by else signal.SIGTERM)
        complete_environment()
        from ocrweb.training.run.rank import run_rank

        by = json.loads(arguments.by) if arguments.by else worked_by(arguments.rank or os.getpid())
        patience = arguments.patience if arguments.rank else 0.0
        return run_rank(arguments.run, by, patience=patience, resume=arguments.resume, halve=arguments.halve)
    if arguments.gentle and hasattr(os, "nice"):
        os.nice(GENTLE)
    with run_lock(arguments.run):
        sweep_all(arguments.run)
        if arguments.cluster:
            return on_cluster(arguments.run, arguments.cluster, resume=arguments.resume)
        return Supervisor(arguments.run, arguments.devices.split(","), resume=arguments.resume).run()


def on_cluster(run: Path, address: str, *, resume: bool) -> int:
    """As `Supervisor.run`, with the processes on the machines of a cluster."""
    from ocrweb.runtime.cluster.connection import connected

    try:
        with connected(address) as ray:
            return Supervisor(run, [], resume=resume, fleet=Fleet(ray, run)).run()
    except OcrwebError as error:
        Journal(run).fail(error)
        return 1


class Supervisor:
    """Starts the ranks, passes a stop on to them, and says what happened when they cannot.

    When the kernel ended one of them for lack of memory they all go on from the checkpoint, with batches cut in halves;
    when a machine of a fleet is lost, with the others.
    """

    def __init__(self, run: Path, devices: list[str], *, resume: bool, fleet: Fleet | None = None) -> None:
        self._run = run
        self._devices = devices
        self._resume = resume
        self._fleet = fleet
        self._ranks: Sequence[Rank] = []
        self._stopping = False

    def run(self) -> int:
        """0 when the run finished or was stopped, else 1."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._pass_on)
        halve, left = False, RESTARTS
        while True:
            kills, reached = kills_for_memory(), _checkpointed(self._run)
            rank, code = self._train(halve)
            status = read_status(self._run)
            if status.pid == os.getpid() and status.state in (FINISHED, STOPPED, FAILED):
                return int(status.state == FAILED)
            gone = sum(isinstance(one, RemoteRank) and one.lost for one in self._ranks)
            if self._stopping and (gone or code == -signal.SIGTERM):  # asked before it could listen
                Journal(self._run).stop()
                return 0
            cause = take_cause(self._run, rank) or cause_of_exit(code, memory_killed=kills_for_memory() > kills)
            if gone:
                cause = OcrwebError("train.machine-lost", count=gone, of=len(self._ranks))
                left = RESTARTS if _checkpointed(self._run) > reached else left
            left -= 1
            if not left or self._stopping or not (gone or cause.code == "train.killed-for-memory"):
                break
            if gone:
                Journal(self._run).warn(cause)
            self._resume, halve = True, not gone
        count = max(len(self._devices), len(self._ranks))
        if count > 1 and not gone:
            cause = OcrwebError("train.rank-lost", count=count, rank=rank, reason=cause)
        Journal(self._run).fail(cause)
        return 1

    def _train(self, halve: bool) -> tuple[int, int]:
        """Run the ranks to their end; number and exit code of the first that failed, or (0, 0)."""
        for cause in self._run.glob(names.RANK_CAUSE.format(rank="*")):  # of an earlier attempt
            cause.unlink(missing_ok=True)
        self._ranks = self._start([*["--resume"] * self._resume, *["--halve"] * halve])
        lost, deadline, asked = (0, 0), float("inf"), False
        while any(rank.poll() is None for rank in self._ranks):
            if deadline == float("inf") and (lost := self._first_failed()) != (0, 0):
                deadline = time.monotonic() + GRACE
            running = [rank for rank in self._ranks if rank.poll() is None]
            if self._stopping and not asked:
                asked = True
                for rank in running:
                    rank.send_signal(signal.SIGTERM)
            if time.monotonic() > deadline:
                for rank in running:
                    rank.kill()
            time.sleep(0.1)
        return lost if lost != (0, 0) else self._first_failed()

    def _first_failed(self) -> tuple[int, int]:
        codes = [rank.poll() or 0 for rank in self._ranks]
        return next(((number, code) for number, code in enumerate(codes) if code), (0, 0))

    def _start(self, words: list[str]) -> Sequence[Rank]:
        if self._fleet is not None:
            return self._fleet.start(words)
        return [
            start_module(MODULE, self._run, "--rank", str(os.getpid()), *words, environment=environment)
            for environment in rank_environments(self._devices)
        ]

    def _pass_on(self, number: int, frame: object) -> None:
        self._stopping = True


def _checkpointed(run: Path) -> int:
    """When the last checkpoint was written, 0 without one."""
    path = run / names.LATEST_OPTIMIZER
    return path.stat().st_mtime_ns if path.is_file() else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ocrweb.training.worker", description="Train one run.")
    parser.add_argument("run", type=Path, help="the run folder, with config.yml in it")
    parser.add_argument("--devices", default="", help="one process a device: 0,1")
    parser.add_argument(
        "--cluster", default="", help="on the machines of a Ray cluster, as of `ocrweb train --cluster`"
    )
    parser.add_argument("--resume", action="store_true", help="go on from latest.pdopt")
    parser.add_argument("--gentle", action="store_true", help="give way to the console and other programs")
    parser.add_argument("--rank", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--halve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--by", default="", help=argparse.SUPPRESS)
    parser.add_argument("--patience", type=float, default=2 * GRACE, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
