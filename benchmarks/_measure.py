"""What every benchmark needs: quiet moments, medians, a table, a JSON file."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ocrweb.config import paths
from ocrweb.runtime.device import cpu_name, cpu_threads

Answer = TypeVar("Answer")
NOISY = 0.25  # repeats of the same work that differ by more say nothing about a ratio
TOO_NOISY = "too noisy"


def limit_cores(count: int | None) -> int:
    """Let this process use only so many cores, so that every library compared has the same; returns what it has."""
    if count is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])
    return cpu_threads()


def settle(limit: float = 0.5) -> None:
    """Wait until this process's own threads stopped spinning, so that one library does not slow the next."""
    end = time.perf_counter() + limit
    while time.perf_counter() < end:
        used = time.process_time()
        time.sleep(0.01)
        if time.process_time() - used < 0.002:
            return


def timed(action: Callable[..., Answer], *arguments: Any) -> tuple[float, Answer]:
    """Seconds that a call took, and its answer."""
    start = time.perf_counter()
    answer = action(*arguments)
    return time.perf_counter() - start, answer


def spread(values: Sequence[float]) -> float:
    """How much repeats of the same work differ: the middle half of them (both of two, all of three) by their median."""
    ordered = sorted(values)
    edge = len(ordered) // 4
    return (ordered[len(ordered) - 1 - edge] - ordered[edge]) / statistics.median(ordered)


def told(ratio: float, *spreads: float, digits: int = 3) -> float | None:
    """A ratio, or None when the repeats of one side differ too much to tell it."""
    return None if max(spreads) > NOISY else round(ratio, digits)


def ratio_shown(ratio: float | None, digits: int = 2) -> str:
    return TOO_NOISY if ratio is None else f"{ratio:.{digits}f}"


class Times:
    """Seconds of one contestant: several rounds for each picture."""

    def __init__(self) -> None:
        self._rounds: dict[int, list[float]] = {}

    def add(self, picture: int, seconds: float) -> None:
        self._rounds.setdefault(picture, []).append(seconds)

    def median_ms(self) -> float:
        """Median over pictures of the median over rounds."""
        return 1000 * statistics.median(statistics.median(rounds) for rounds in self._rounds.values())

    def quiet_ms(self) -> float:
        """Median over pictures of the fastest round: what a machine without other work would give."""
        return 1000 * statistics.median(min(rounds) for rounds in self._rounds.values())

    def spread(self) -> float:
        """`spread` of the rounds of a picture, the median over pictures; of all pictures where each had one round."""
        repeated = [rounds for rounds in self._rounds.values() if len(rounds) > 1]
        if not repeated:
            return spread([rounds[0] for rounds in self._rounds.values()])
        return statistics.median(map(spread, repeated))

    def to_dict(self) -> dict[str, float]:
        middle, quiet = round(self.median_ms(), 2), round(self.quiet_ms(), 2)
        return {"median_ms": middle, "quiet_ms": quiet, "spread": round(self.spread(), 3)}


def machine() -> dict[str, Any]:
    return {
        "cpu": cpu_name(),
        "threads": cpu_threads(),
        "python": platform.python_version(),
        "load": [round(value, 2) for value in os.getloadavg()],
    }


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def finish(name: str, document: dict[str, Any], text: str, *, as_json: bool, out: Path | None) -> None:
    """Write the document to a file (default: outputs/benchmarks/NAME.json) and print it, or the text."""
    path = out or paths.outputs_dir() / "benchmarks" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(document, indent=2, ensure_ascii=False) if as_json else text)
    say(f"→ {path}")


def say(text: str) -> None:
    """How far a long measurement is; stdout belongs to its result."""
    print(text, file=sys.stderr, flush=True)
