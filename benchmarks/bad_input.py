"""Bad input against a running console: all that the tests have collected, and seeded fuzzing of every address and event.

    ocrweb bench bad_input [--count 20000] [--seed 1] [--only NUMBER] [--json]

Counted: crashes (the process ended, or /healthz took longer than a second), tracebacks and server paths in answers,
files read or written outside of the data root. Each must be 0. The same seed sends the same inputs.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks._measure import finish, machine, say, table
from benchmarks._served import ROOT, Served
from benchmarks._visitor import Visitor
from benchmarks.fuzz import files
from benchmarks.fuzz.events import Events
from benchmarks.fuzz.judge import Found, Surroundings, judge
from benchmarks.fuzz.network import bad_request
from benchmarks.fuzz.request import Answer, Bad
from benchmarks.fuzz.values import Values

AT_ONCE = 6
HEALTH_BOUND, HEALTH_EVERY = 1.0, 0.5
LONGEST = 120.0  # seconds for one event; no wrong value sets work going that takes so long
CRASHES = ("too late", "no answer", "died", "slow health")
KEPT = 300


@dataclass
class Result:
    """counts: inputs of each kind. failures: number of the input, what was found, and the input itself."""

    sent: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[dict[str, Any]] = field(default_factory=list)
    slowest_health: float = 0.0
    touched: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def of(self, *kinds: str) -> int:
        return sum(failure["kind"] in kinds for failure in self.failures)

    def figures(self) -> dict[str, int]:
        return {
            "crashes": self.of(*CRASHES),
            "tracebacks_or_paths": self.of("traceback", "path", "unforeseen"),
            "outside_the_root": self.of("foreign content") + len(self.touched),
        }


class Health(threading.Thread):
    """Asks all the time how the console is."""

    def __init__(self, console: Served, bound: float) -> None:
        super().__init__(daemon=True)
        self._console, self._bound, self._over = console, bound, threading.Event()
        self.slowest, self.bad = 0.0, 0

    def run(self) -> None:
        while not self._over.wait(HEALTH_EVERY):
            began = time.monotonic()
            answered = self._console.health(30.0)
            seconds = time.monotonic() - began
            self.slowest = max(self.slowest, seconds)
            self.bad += seconds > self._bound or not answered

    def stop(self) -> None:
        self._over.set()
        self.join(40)


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    place = given.place or Path(tempfile.mkdtemp(prefix="ocrweb-bad-input-"))
    say(f"seed {given.seed}, {given.count} inputs, in {place}")
    result = send_all(place, given.seed, given.count, say, bound=given.health_bound, only=given.only)
    figures = result.figures()
    document = {
        "machine": machine(), "seed": given.seed, "inputs": result.sent, "seconds": round(result.seconds, 1), **figures,
        "slowest_health_s": round(result.slowest_health, 2), "kinds": dict(result.counts),
        "statuses": {str(status): count for status, count in sorted(result.statuses.items())},
        "touched": result.touched, "failures": result.failures[:KEPT], "place": str(place),
    }  # fmt: skip
    rows = [[name.replace("_", " "), str(value)] for name, value in figures.items()]
    rows += [["inputs", str(result.sent)], ["slowest /healthz", f"{result.slowest_health:.2f} s"]]
    rows += [
        [f"{failure['kind']}, input {failure['number']}", f"{failure['input']['what']}: {failure['words'][:200]!r}"]
        for failure in result.failures[:20]
    ]
    rows += [["outside", what] for what in result.touched[:20]]
    finish("bad_input", document, table(["what", "found"], rows), as_json=given.json, out=given.out)
    return 1 if any(figures.values()) else 0


def send_all(
    place: Path,
    seed: int,
    count: int,
    told: Callable[[str], None],
    *,
    bound: float = HEALTH_BOUND,
    only: int | None = None,
) -> Result:
    """Send so many inputs to a console of its own in this folder. only: none but that number."""
    home, result, began = place / "home", Result(), time.monotonic()
    home.mkdir(parents=True)
    (place / "tmp").mkdir()
    around = Surroundings(place, home, ROOT)
    around.plant()
    console = Served(home, place / "console.log", {"TMPDIR": str(place / "tmp"), "OCRWEB_ALLOWED_ROOTS": ""})
    console.start()
    try:
        config = Visitor(console.port).config
        source = Inputs(seed, config, Values(around.foreign()), console.port)
        health = Health(console, bound)
        health.start()
        lock = threading.Lock()

        def one(number: int) -> None:
            bad = source.input(number)
            visitor = Visitor(console.port, config=config)
            visitor.longest = LONGEST
            answer = bad.send(visitor)
            found = judge(bad, answer, around)
            with lock:
                note(result, number, bad, answer, found)
                if result.sent % 1000 == 0:
                    told(f"{result.sent} sent, {len(result.failures)} found")

        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(one, [only] if only is not None else range(count)))
        health.stop()
        result.slowest_health = health.slowest
        if not console.alive:
            result.failures.append(
                {"number": -1, "kind": "died", "words": "the process ended", "input": {"what": "any"}}
            )
        if health.bad:
            words = f"{health.bad} times, up to {health.slowest:.1f} s"
            result.failures.append({"number": -1, "kind": "slow health", "words": words, "input": {"what": "any"}})
    finally:
        console.kill(15, patience=60)
        for process in console.children():
            process.kill()
    result.touched = around.touched()
    result.seconds = time.monotonic() - began
    return result


class Inputs:
    """The inputs of a seed by their numbers: first what was collected, then what the dice make."""

    def __init__(self, seed: int, config: dict[str, Any], values: Values, port: int) -> None:
        self._seed, self._values = seed, values
        self._events = Events(Visitor(port, config=config))
        order = random.Random(seed)
        self._collected = [(case, door) for case in files.collected() for door in self._events.doors(case[1])]
        order.shuffle(self._collected)

    @property
    def collected(self) -> int:
        return len(self._collected)

    def input(self, number: int) -> Bad:
        dice = random.Random(f"{self._seed}-{number}")
        kind = dice.choices(["collected", "network", "event", "file"], [3, 9, 6, 4])[0]
        if kind == "collected" and self._collected:
            case, door = self._collected[number % len(self._collected)]
            return self._events.sends(door, *case)
        if kind == "network":
            return bad_request(dice, self._values)
        if kind == "event":
            return self._events.pressed(dice, self._values)
        what, name, data = files.mutated(dice)
        return self._events.sends(
            dice.choice(self._events.doors(name) or self._events.doors("a.png")), what, name, data
        )


def note(result: Result, number: int, bad: Bad, answer: Answer, found: list[Found]) -> None:
    result.sent += 1
    result.counts[bad.what.split(":")[0].split(",")[0].split(" /")[0][:40]] += 1
    result.statuses[answer.status] += 1
    for each in found:
        result.failures.append({"number": number, "kind": each.kind, "words": each.what, "input": bad.document()})


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="ocrweb bench bad_input", description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="send only the input of this number")
    parser.add_argument("--health-bound", type=float, default=HEALTH_BOUND, help="seconds that /healthz may take")
    parser.add_argument("--place", type=Path, help="an empty or new folder to work in")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", type=Path)
    return parser.parse_args(arguments)


def report(result: Result) -> str:
    return json.dumps(result.failures[:20], indent=1, ensure_ascii=False)


if __name__ == "__main__":
    sys.exit(main())
