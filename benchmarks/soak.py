"""A console at work for long: detections, uploads and short runs by mixed callers, and what it holds on to meanwhile.

    ocrweb bench soak [--scale 1] [--parts mixed raw] [--no-browser] [--json]

A whole one makes 5,000 detections, 200 uploads of datasets and 20 short runs (about 20 minutes on two cores), then
10,000 raw calls of the API. Resident memory, open files, threads and temporary files are sampled every second and drawn
into outputs/benchmarks/soak.html. Memory is compared between 10 % and 100 % of the work, which begins when the maps kept
for the page's sliders have reached their bound.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks._measure import finish, machine, say, table
from benchmarks._served import Served
from benchmarks.soaking.callers import Amounts, mixed_work, raw_calls
from benchmarks.soaking.report import draw
from benchmarks.soaking.samples import Sample, Sampler, growth
from benchmarks.soaking.warm import fill_maps
from ocrweb.config import paths
from ocrweb.services.datasets.sample_data import make_sample_data

PARTS = ("mixed", "raw")
WHOLE = Amounts(detections=5000, uploads=200, runs=20)
RAW_CALLS = 10_000
MOST_GROWTH, MOST_RAW_MIB = 1.05, 50.0


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    with tempfile.TemporaryDirectory(prefix="ocrweb-soak-") as place:
        document, samples = soak(Path(place), given)
    drawing = (given.out or paths.outputs_dir() / "benchmarks" / "soak.json").with_suffix(".html")
    drawing.parent.mkdir(parents=True, exist_ok=True)
    drawing.write_text(draw(samples, document), encoding="utf-8")
    rows = [
        [name.replace("_", " "), str(value)] for name, value in document.items() if not isinstance(value, dict | list)
    ]
    finish("soak", document, table(["what", "measured"], rows), as_json=given.json, out=given.out)
    say(f"→ {drawing}")
    return 0 if document["held"] else 1


def soak(place: Path, given: argparse.Namespace) -> tuple[dict[str, Any], list[Sample]]:
    home = place / "home"
    home.mkdir()
    make_sample_data(home / "datasets" / "small", train=4, test=1, seed=5)
    console = Served(home, place / "console.log", {"TMPDIR": str(place)})
    console.start()
    document: dict[str, Any] = {"machine": machine(), "scale": given.scale}
    sampler = Sampler(console)
    try:
        sampler.start()
        if "mixed" in given.parts:
            document |= mixed(console, sampler, given)
        if "raw" in given.parts:
            document |= raw(console, sampler, max(20, round(given.calls * given.scale)))
        sampler.stop()
    finally:
        console.kill(15, patience=60)
        for process in console.children():
            process.kill()
    document["tracebacks"] = console.log.read_text(errors="replace").count("Traceback (most recent call last)")
    ratio, more = document.get("resident_100_to_10", 1.0), document.get("raw_calls_mib", 0.0)
    document["held"] = ratio <= MOST_GROWTH and more <= MOST_RAW_MIB and not document.get("failures")
    return document, sampler.samples


def mixed(console: Served, sampler: Sampler, given: argparse.Namespace) -> dict[str, Any]:
    amounts, filled = WHOLE.scaled(given.scale), fill_maps(console)
    done = mixed_work(console, amounts, sampler, browser=not given.no_browser, say=say)
    early, late = growth(sampler.samples, 0.10), growth(sampler.samples, 1.0)
    return {
        "kept_before": filled, "detections": done.detections, "uploads": done.uploads, "runs": done.runs, "by": dict(done.by),
        "failures": done.failures, "seconds": round(done.seconds, 1),
        "resident_10_mib": round(early / 2**20, 1), "resident_100_mib": round(late / 2**20, 1),
        "resident_100_to_10": round(late / early, 3) if early else None,
        "most_files": max(sample.files for sample in sampler.samples), "most_threads": max(sample.threads for sample in sampler.samples),
        "temporary_at_end": sampler.samples[-1].temporary,
    }  # fmt: skip


def raw(console: Served, sampler: Sampler, calls: int) -> dict[str, Any]:
    """The same call again and again, each as a caller of its own."""
    raw_calls(console, min(500, 20 + calls // 5))
    before = statistics.median(sampler.now().resident for _ in range(5))
    failures = raw_calls(console, calls)
    after = statistics.median(sampler.now().resident for _ in range(5))
    return {"raw_calls": calls, "raw_calls_failed": failures, "raw_calls_mib": round((after - before) / 2**20, 1)}


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ocrweb bench soak", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the whole work")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--calls", type=int, default=RAW_CALLS, help="raw calls of the whole part 'raw'")
    parser.add_argument("--no-browser", action="store_true", help="leave the open page out")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", type=Path)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
