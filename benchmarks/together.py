"""Several pictures of one size in one call of the network against one a call: does waiting for others pay?

    ocrweb bench together [--sizes 960x960 960x1280] [--precisions bf16 f32] [--threads 2]

Processor time a picture, since that is what a loaded machine has no more of; the counts take turns.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._measure import finish, limit_cores, machine, ratio_shown, spread, table, told
from benchmarks.detecting.contestants import ours
from ocrweb.runtime.device import has_bf16

COUNTS = (1, 2, 4)


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    threads = limit_cores(given.threads)
    rows, measured = [], []
    for precision in given.precisions:
        run = ours(precision, "openvino").loaded.engine.run
        for height, width in given.sizes:
            dice = np.random.default_rng(0)
            blobs = {count: dice.standard_normal((count, 3, height, width), np.float32) for count in COUNTS}
            seconds: dict[int, list[float]] = {count: [] for count in COUNTS}
            for turn in range(given.rounds + 1):  # the first is for shapes not met before
                for count, blob in blobs.items():
                    start = time.process_time()
                    run(blob)
                    if turn:
                        seconds[count].append((time.process_time() - start) / count)
            found = document_of(seconds)
            measured.append({"precision": precision, "height": height, "width": width, **found})
            cells = [f"{found[f'{count}']['ms']:.0f} ({ratio_shown(found[f'{count}']['ratio'])})" for count in COUNTS]
            rows.append([f"{precision} {height}x{width}", *cells])
    document = {"benchmark": "together", "machine": machine(), "threads": threads, "measured": measured}
    head = ["processor ms a picture (ratio)", *(f"{count} a call" for count in COUNTS)]
    finish("together", document, table(head, rows), as_json=given.json, out=given.out)
    return 0


def document_of(seconds: dict[int, list[float]]) -> dict[str, Any]:
    """For each count the quickest turn, in milliseconds a picture, and its ratio to one picture a call."""
    alone, noise = min(seconds[1]), spread(seconds[1])
    return {
        str(count): {
            "ms": round(1000 * min(values), 1),
            "median_ms": round(1000 * statistics.median(values), 1),
            "ratio": told(min(values) / alone, spread(values), noise),
        }
        for count, values in seconds.items()
    }


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ocrweb bench together", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", nargs="+", type=size, default=[(960, 960), (960, 1280)], help="HEIGHTxWIDTH")
    usual = ["bf16", "f32"] if has_bf16() else ["f32"]
    parser.add_argument("--precisions", nargs="+", choices=("bf16", "f32"), default=usual)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--threads", type=int, help="cores that everything may use; default: all")
    parser.add_argument("--out", type=Path, help="JSON file; default: outputs/benchmarks/together.json")
    parser.add_argument("--json", action="store_true", help="print the JSON document")
    return parser.parse_args(arguments)


def size(text: str) -> tuple[int, int]:
    height, width = text.split("x")
    return int(height), int(width)


if __name__ == "__main__":
    sys.exit(main())
