"""Exports: how long one takes, how equal it is, what int8 gains and costs, and our runtime against PaddleOCR's.

    ocrweb bench export [--model M] [--data DATASET] [--threads 2] [--parts export int8 peer]

Without house weights `db-resnet18` is measured with random ones: times and map differences mean the same, an hmean does not.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks._measure import Times, finish, limit_cores, machine, settle, table, timed
from benchmarks._pictures import Pictures, pictures
from ocrweb.errors import OcrwebError
from ocrweb.imaging.decode import read_picture
from ocrweb.runtime.catalogue import HOUSE, resolve
from ocrweb.runtime.detector import Detector
from ocrweb.runtime.engines.load import load_engine
from ocrweb.runtime.entry import from_folder
from ocrweb.runtime.paddle_env import child_environment, machine_environment
from ocrweb.services.export import ExportReport, run_export
from ocrweb.services.export_plan import ExportRequest

PARTS = ("export", "int8", "peer")
RANDOM = """
import sys, paddle
from pathlib import Path
from ocrweb.model import DBResNet18, save_weights
paddle.seed(0)
save_weights(DBResNet18(), Path(sys.argv[1]))
"""


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    limit_cores(given.threads)
    os.environ.update(machine_environment())
    try:
        with tempfile.TemporaryDirectory() as place:
            return measure(given, Path(place))
    except OcrwebError as error:
        print(f"{error.message()}\n  → {error.hint()}", file=sys.stderr)
        return 2


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="ocrweb bench export", description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument("--model", default=HOUSE, help="a name from `ocrweb models`, a run, or a file")
    parser.add_argument("--data", type=Path, help="a dataset for the hmean and the calibration")
    parser.add_argument("--pictures", type=int, default=12, help="pictures of the comparison with PaddleOCR")
    parser.add_argument("--threads", type=int, help="cores that everything may use; default: all")
    parser.add_argument("--rounds", type=int, default=3, help="turns on each picture")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument("--out", type=Path, help="file for the document")
    return parser.parse_args(arguments)


def measure(given: argparse.Namespace, place: Path) -> int:
    model, weights = given.model, "own"
    if model == HOUSE and resolve(HOUSE).missing is not None:
        model, weights = str(place / "db-resnet18.pdparams"), "random"
        subprocess.run([sys.executable, "-c", RANDOM, model], check=True, capture_output=True, env=child_environment())
    document: dict[str, Any] = {
        "benchmark": "export", "machine": machine(), "model": given.model, "weights": weights,
        "data": given.data.name if given.data else None,
    }  # fmt: skip
    rows: list[list[str]] = []
    exported = run_export(ExportRequest(model, out=place / "fp32"))
    document["export"] = figures(exported)
    rows += [
        ["export fp32 dynamic, gate included", f"{exported.seconds:.1f} s"],
        ["maps against Paddle, greatest difference", f"{exported.measured['parity']['onnx']['max_abs_diff']:.1e}"],
    ]
    if "int8" in given.parts:
        data = str(given.data) if given.data else None
        small = run_export(ExportRequest(model, precision="int8", out=place / "int8", data=data))
        document["int8"] = figures(small)
        rows.append(["int8 / fp32 in ONNX Runtime at 960", f"{document['int8']['speed']['ratio_to_fp32']:.2f} ×"])
        if small.measured["hmean"]:
            rows.append(["int8 − fp32, hmean", f"{small.measured['hmean']['difference']:+.4f}"])
    if "peer" in given.parts and exported.path:
        document["peer"] = peer(exported.path, pictures(given.data, given.pictures), given.rounds)
        for name in ("onnx", "auto"):
            share = document["peer"][name]["ratio"]
            rows.append([f"our runtime ({document['peer'][name]['device']}) / TextDetection", f"{share:.2f} ×"])
    head = f"{given.model} ({weights} weights), {document['machine']['threads']} threads"
    finish("export", document, f"{head}\n{table(['what', 'measured'], rows)}", as_json=given.json, out=given.out)
    return 0


def figures(report: ExportReport) -> dict[str, Any]:
    wanted = ("parity", "speed", "hmean", "memory_mib", "passed", "problems", "withdrawn", "notes", "seconds")
    document = report.to_dict("en")
    return {name: document[name] for name in wanted} | {"quantised": document["details"]["quantised"]}


def peer(folder: Path, shown: Pictures, rounds: int) -> dict[str, Any]:
    """The same weights on the same pictures, pixels in, boxes out, taking turns picture by picture."""
    from paddleocr import TextDetection

    entry = from_folder(folder, folder.name, "export")
    theirs = TextDetection(model_dir=str(folder / "paddle"))
    ours = {name: Detector(entry, load_engine(entry, name, "auto", "cpu")) for name in ("onnx", "auto")}
    contestants: dict[str, Any] = {name: each.detect for name, each in ours.items()}
    contestants["paddleocr"] = theirs.predict
    times = {name: Times() for name in contestants}
    for index, path in enumerate(shown.files):
        pixels = read_picture(path).pixels
        for turn in range(rounds + 1):
            for name, contestant in contestants.items():
                settle()
                seconds, _ = timed(contestant, pixels)
                if turn:
                    times[name].add(index, seconds)
    base = times["paddleocr"].quiet_ms()
    return {
        name: {
            **found.to_dict(),
            "ratio": round(found.quiet_ms() / base, 3),
            "device": ours[name].device if name in ours else "CPU, Paddle (oneDNN)",
        }
        for name, found in times.items()
    }


if __name__ == "__main__":
    sys.exit(main())
