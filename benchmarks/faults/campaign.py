"""The driver: rounds of deeds with one fault in each, all of them decided by the seed."""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks._home import data_root
from benchmarks.faults import invariants, material
from benchmarks.faults.deeds import DEEDS, attempt
from benchmarks.faults.harm import FAULTS
from benchmarks.faults.stage import Stage, until
from ocrweb.rundir.status import read_status
from ocrweb.services.datasets.sample_data import make_sample_data
from ocrweb.services.training import jobs as training_jobs

CUTS = {"kill console", "end console", "drop clients"}
SLOWEST_DEED = 300.0
EVERY = 5  # rounds between two looks of the command line
WEIGHTS = {"detect": 3, "batch": 3, "upload": 2, "repair": 2, "train": 2, "look around": 2, "resume": 2}


@dataclass(frozen=True)
class Round:
    """What a round does, before it is known how it goes. deeds: their names; wait: seconds from them to the fault."""

    number: int
    deeds: tuple[str, ...]
    fault: str
    wait: float


@dataclass
class Verdict:
    """violations: (round, what). rounds: how many were played. faults, deeds: how often each."""

    seed: int
    rounds: int = 0
    violations: list[tuple[int, str]] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    deeds: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


def plan(seed: int, number: int) -> Round:
    """The same for the same seed. The first rounds bring each fault once, in an order of the seed's."""
    order = sorted(FAULTS)
    random.Random(f"{seed}-order").shuffle(order)
    dice = random.Random(f"{seed}-{number}")
    fault = order[number - 1] if number <= len(order) else dice.choice(order)
    wanted = dice.choices(sorted(DEEDS), [WEIGHTS.get(name, 1) for name in sorted(DEEDS)], k=dice.randint(3, 5))
    wanted = [
        name for place, name in enumerate(wanted) if name not in ("train", "export") or name not in wanted[:place]
    ]
    needed = {"kill worker": "train", "kill export": "export"}.get(fault)
    if number == 1 or (needed and needed not in wanted):
        wanted.append(needed or "train")
    return Round(number, tuple(wanted), fault, dice.uniform(0.2, 6.0))


def run_campaign(
    place: Path, seed: int, minutes: float, say: Callable[[str], None], most: int | None = None
) -> Verdict:
    """Play rounds until the time is over, or so many. place: an empty folder, which stays when something was violated."""
    verdict = Verdict(seed)
    stage = Stage(place)
    with data_root(stage.home):  # once for all threads: the environment is the whole process's
        return _played(stage, verdict, minutes, say, most)


def _played(stage: Stage, verdict: Verdict, minutes: float, say: Callable[[str], None], most: int | None) -> Verdict:
    start = time.monotonic()
    try:
        make_sample_data(stage.home / "datasets" / material.TRAINING, train=6, test=1, seed=3)
        stage.ledger.told_dataset(material.TRAINING, 7)
        stage.console.start()
        time.sleep(3)
        calm = invariants.size_of(stage)
        while time.monotonic() - start < 60 * minutes and (most is None or verdict.rounds < most):
            play(stage, plan(verdict.seed, verdict.rounds + 1), verdict, say)
        found = ending(stage, calm)
        verdict.violations += [(verdict.rounds, what) for what in found]
        for what in found:
            say(f"  VIOLATED at the end: {what}")
    finally:
        stage.end()
        verdict.seconds = time.monotonic() - start
        stage.leave(keep=bool(verdict.violations))
    return verdict


def play(stage: Stage, wanted: Round, verdict: Verdict, say: Callable[[str], None]) -> None:
    """One round: deeds, a fault in their middle, calm, and a look at everything."""
    began, pid = time.monotonic(), stage.console.pid
    dice = random.Random(f"{verdict.seed}-{wanted.number}-fault")
    cut, found = threading.Event(), []

    def work(name: str, own: random.Random) -> None:
        wrong = attempt(DEEDS[name], stage, own, cut=cut.is_set)
        if wrong:
            found.append(f"{name}: {wrong}")

    threads = [
        threading.Thread(
            target=work, args=(name, random.Random(f"{verdict.seed}-{wanted.number}-{place}")), daemon=True
        )
        for place, name in enumerate(wanted.deeds)
    ]
    for thread in threads:
        thread.start()
    time.sleep(wanted.wait)
    if wanted.fault in CUTS:
        cut.set()
    try:
        told = FAULTS[wanted.fault](stage, dice)
    except AssertionError as wrong:
        told = wanted.fault
        found.append(str(wrong))
    if not stage.console.alive:
        if wanted.fault not in CUTS:
            found.append(f"the console died: {wanted.fault}")
            cut.set()
        stage.console.start()
    deadline = time.monotonic() + SLOWEST_DEED
    for thread in threads:
        thread.join(max(0.1, deadline - time.monotonic()))
        if thread.is_alive():
            found.append("a deed does not end")
    found += invariants.all_checks(stage, restarted=stage.console.pid != pid)
    if wanted.number % EVERY == 0:
        found += invariants.commands(stage.home)
    clear_log(stage, wanted.number)
    verdict.rounds = wanted.number
    verdict.faults[wanted.fault] += 1
    verdict.deeds.update(wanted.deeds)
    verdict.violations += [(wanted.number, what) for what in found]
    say(f"round {wanted.number}: {told}; {', '.join(wanted.deeds)}; {time.monotonic() - began:.0f} s")
    for what in found:
        say(f"  VIOLATED: {what}")


def clear_log(stage: Stage, number: int) -> None:
    """What the console said in this round is kept apart, so that the next is judged by its own words."""
    log, reports = stage.console.log, stage.home / ".ocrweb" / "reports"
    kept = stage.place / "logs"
    kept.mkdir(exist_ok=True)
    shutil.copyfile(log, kept / f"round{number}.log")
    with log.open("r+b") as stream:
        stream.truncate(0)
    if reports.is_dir():
        for path in reports.glob("*.txt"):
            shutil.move(path, kept / path.name)


def ending(stage: Stage, calm: tuple[int, int, int]) -> list[str]:
    """Stop what runs, start the console once more, and look at everything, also whether it is given back."""
    with data_root(stage.home):
        for name in training_jobs.active_names():
            training_jobs.stop(name)
        idle = until(lambda: not training_jobs.active_names(), 120)
    found = [] if idle else ["a run does not stop"]
    stage.console.kill(15, patience=60)
    stage.console.start()
    found += invariants.all_checks(stage, restarted=True)
    found += invariants.commands(stage.home)
    found += invariants.not_given_back(stage, calm)
    found += unlike_itself(stage)
    stage.console.kill(15, patience=60)
    left = stage.console.children()
    return found + [f"orphan at the end: {process.pid} {process.name()}" for process in left]


def unlike_itself(stage: Stage) -> list[str]:
    """Each run that was told is in a state that has a name, and none still goes on."""
    with data_root(stage.home):
        states = {name: read_status(stage.home / "workdirs" / name).state for name in stage.ledger.copy().runs}
    return [
        f"run {name} is {state} after everything was stopped"
        for name, state in states.items()
        if state in ("starting", "running")
    ]
