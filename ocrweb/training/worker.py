"""``python -m ocrweb.training.worker RUN``: the process of a training run.

It supervises one process a device and has the last word in the run's files, whatever becomes of them: a native crash
or the kernel's out-of-memory killer still ends in a named cause. The supervisor itself never loads Paddle.
Under ``paddle.distributed.launch`` (several machines) each process is a rank right away.
"""

from __future__ import annotations

import sys

if not __package__:  # run as a file by paddle.distributed.launch: this folder must not hide other packages
    sys.path[0] = __file__.rpartition("/ocrweb/")[0] or "."

import argparse
import os
import signal
import subprocess
import time
from pathlib import Path

from ocrweb.disk.child import start_module
from ocrweb.disk.lock import run_lock
from ocrweb.disk.passing import sweep_all
from ocrweb.errors import OcrwebError
from ocrweb.rundir.status import FAILED, FINISHED, STOPPED, read_status
from ocrweb.training.machine.failures import cause_of_exit
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


def main(argv: list[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    if arguments.rank or is_rank_process():
        if arguments.rank:
            die_with(arguments.rank)  # before Paddle is loaded, which takes seconds
        complete_environment()
        from ocrweb.training.run.rank import run_rank

        return run_rank(arguments.run, supervisor=arguments.rank, resume=arguments.resume, halve=arguments.halve)
    if arguments.gentle and hasattr(os, "nice"):
        os.nice(GENTLE)
    with run_lock(arguments.run):
        sweep_all(arguments.run)
        return Supervisor(arguments.run, arguments.devices.split(","), resume=arguments.resume).run()


class Supervisor:
    """Starts the ranks, passes a stop on to them, and says what happened when they cannot.

    When the kernel ended one of them for lack of memory they all go on from the checkpoint, with batches cut in halves.
    """

    def __init__(self, run: Path, devices: list[str], *, resume: bool) -> None:
        self._run = run
        self._devices = devices
        self._resume = resume
        self._ranks: list[subprocess.Popen[bytes]] = []
        self._stopping = False

    def run(self) -> int:
        """0 when the run finished or was stopped, else 1."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._pass_on)
        halve = False
        for _ in range(RESTARTS):
            before = kills_for_memory()
            lost = self._train(halve)
            status = read_status(self._run)
            if status.pid == os.getpid() and status.state in (FINISHED, STOPPED, FAILED):
                return int(status.state == FAILED)
            rank, code = lost
            if self._stopping and code == -signal.SIGTERM:  # asked before it could listen
                Journal(self._run).stop()
                return 0
            cause = take_cause(self._run, rank) or cause_of_exit(code, memory_killed=kills_for_memory() > before)
            if cause.code != "train.killed-for-memory" or self._stopping:
                break
            self._resume = halve = True
        if len(self._devices) > 1:
            cause = OcrwebError("train.rank-lost", count=len(self._devices), rank=rank, reason=cause)
        Journal(self._run).fail(cause)
        return 1

    def _train(self, halve: bool) -> tuple[int, int]:
        """Run the ranks to their end; number and exit code of the first that failed, or (0, 0)."""
        for number in range(len(self._devices)):
            take_cause(self._run, number)  # of an earlier attempt
        asked = ["--rank", str(os.getpid()), *["--resume"] * self._resume, *["--halve"] * halve]
        self._ranks = [
            start_module("ocrweb.training.worker", self._run, *asked, environment=environment)
            for environment in rank_environments(self._devices)
        ]
        if self._stopping:
            self._pass_on(signal.SIGTERM, None)
        lost, deadline = (0, 0), float("inf")
        while any(rank.poll() is None for rank in self._ranks):
            failed = next(((number, rank.returncode) for number, rank in enumerate(self._ranks) if rank.poll()), None)
            if failed and deadline == float("inf"):
                lost, deadline = failed, time.monotonic() + GRACE
            if time.monotonic() > deadline:
                for rank in self._ranks:
                    rank.kill()
            time.sleep(0.1)
        if lost == (0, 0):
            lost = next(((n, rank.returncode) for n, rank in enumerate(self._ranks) if rank.returncode), lost)
        return lost

    def _pass_on(self, number: int, frame: object) -> None:
        self._stopping = True
        for rank in self._ranks:
            if rank.poll() is None:
                rank.send_signal(signal.SIGTERM)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ocrweb.training.worker", description="Train one run.")
    parser.add_argument("run", type=Path, help="the run folder, with config.yml in it")
    parser.add_argument("--devices", default="", help="one process a device: 0,1")
    parser.add_argument("--resume", action="store_true", help="go on from latest.pdopt")
    parser.add_argument("--gentle", action="store_true", help="give way to the console and other programs")
    parser.add_argument("--rank", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--halve", action="store_true", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
