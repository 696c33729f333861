"""Detection against RapidOCR's detector and against the bare network in ONNX Runtime and OpenVINO: time, stages, large
photos, batch rate, hmean, memory and slider of the console.

    ocrweb bench detect [--data DIR] [--threads 2] [--int8] [--parts peer stages photos batch memory slider]

Everything compared runs in this process, on the same pictures, with the same ONNX file, taking turns picture by picture;
the console runs in a process of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path
from typing import Any

from benchmarks._console import run_memory, run_slider
from benchmarks._measure import finish, limit_cores, machine
from benchmarks._pictures import pictures
from benchmarks.detecting.batch import run_batch
from benchmarks.detecting.contestants import int8_copy
from benchmarks.detecting.peer import run_peer
from benchmarks.detecting.photos import run_photos
from benchmarks.detecting.stages import run_stages
from ocrweb.config.detection import ResizeOptions
from ocrweb.errors import OcrwebError

RUN = {
    "peer": run_peer,
    "stages": run_stages,
    "batch": run_batch,
    "photos": run_photos,
    "memory": run_memory,
    "slider": run_slider,
}


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    threads = limit_cores(given.threads)
    try:
        shown = pictures(given.data, given.pictures)
    except OcrwebError as error:
        print(f"{error.message()}\n  → {error.hint()}", file=sys.stderr)
        return 2
    resize = ResizeOptions(limit_side=given.limit_side)
    document: dict[str, Any] = {
        "benchmark": "detect",
        "machine": machine(),
        "pictures": shown.name,
        "count": len(shown.samples),
        "limit_side": given.limit_side,
        "threads": threads,
    }
    sections = []
    try:
        with int8_copy() if given.int8 else contextlib.nullcontext():
            for part in given.parts:
                document[part], section = RUN[part](shown, resize, given.rounds)
                sections.append(section)
    except OcrwebError as error:
        print(f"{error.message()}\n  → {error.hint()}", file=sys.stderr)
        return 2
    head = f"{len(shown.samples)} pictures ({shown.name}), longest side {given.limit_side}, {threads} threads"
    finish("detect", document, "\n\n".join([head, *sections]), as_json=given.json, out=given.out)
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="ocrweb bench detect", description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument(
        "--data", type=Path, help="a dataset (its test split) or a folder of pictures; default: rendered receipts"
    )
    parser.add_argument("--pictures", type=int, help="at most so many")
    parser.add_argument("--limit-side", type=int, default=1280, help="longest side of the network input")
    parser.add_argument("--threads", type=int, help="cores that everything may use; default: all")
    parser.add_argument("--rounds", type=int, default=3, help="turns on each picture")
    parser.add_argument("--parts", nargs="+", choices=list(RUN), default=list(RUN)[:3])
    parser.add_argument("--int8", action="store_true", help="with a copy in int8, which is made first (minutes)")
    parser.add_argument("--out", type=Path, help="JSON file; default: outputs/benchmarks/detect.json")
    parser.add_argument("--json", action="store_true", help="print the JSON document")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
