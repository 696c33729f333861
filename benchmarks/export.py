"""Exports: how long one takes, how equal it is, what int8 gains and costs, and our runtime against PaddleOCR's and
OpenCV's.

    ocrweb bench export [--model M] [--data DATASET] [--threads 2] [--parts export int8 peer]

Without house weights `db-resnet18` is measured with random ones: times and map differences mean the same, an hmean does not.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._measure import Times, finish, limit_cores, machine, ratio_shown, settle, table, timed, told
from benchmarks._opencv import opencv_detector
from benchmarks._pictures import Pictures, pictures
from ocrweb.config.model_names import HOUSE
from ocrweb.errors import OcrwebError
from ocrweb.evaluation.metric import DetectionMetric
from ocrweb.imaging.picture import read_picture
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.detector import Detector
from ocrweb.runtime.device import has_bf16
from ocrweb.runtime.engines.load import load_engine
from ocrweb.runtime.entry import from_folder
from ocrweb.runtime.paddle_env import child_environment, machine_environment
from ocrweb.services.exporting.plan import ExportRequest
from ocrweb.services.exporting.run import ExportReport, run_export
from ocrweb.training.export.files import OPENCV

PARTS = ("export", "int8", "peer")
HEAD = ["what", "measured", "reach"]
SIDE = 960
TURNS = 5  # of the bare networks, for each round asked for
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
    data = str(given.data) if given.data else None
    document: dict[str, Any] = {
        "benchmark": "export", "machine": machine(), "model": given.model, "weights": weights,
        "data": given.data.name if given.data else None,
    }  # fmt: skip
    exported = run_export(ExportRequest(model, out=place / "fp32"))
    document["export"] = figures(exported)
    rows = [
        ["export fp32 dynamic, gate included", f"{exported.seconds:.1f} s", "≤ 20 s"],
        ["maps against Paddle, greatest difference", f"{worst(exported):.1e}", "≤ 1e-4"],
        ["bf16 passed the gate", word(document["export"]), ""],
    ]
    sections = [f"{given.model} ({weights} weights), {document['machine']['threads']} threads", table(HEAD, rows)]
    if not exported.path:
        sections += [problem["message"] for problem in document["export"]["problems"]]
    if "int8" in given.parts and exported.path:
        small = run_export(ExportRequest(model, precision="int8", out=place / "int8", data=data))
        document["int8"], section = compared(exported.path, small, given.rounds)
        sections.append(section)
    if "peer" in given.parts and exported.path:
        document["peer"], section = peer(exported.path, pictures(given.data, given.pictures), given.rounds)
        sections.append(section)
    finish("export", document, "\n\n".join(sections), as_json=given.json, out=given.out)
    return 0


def figures(report: ExportReport) -> dict[str, Any]:
    wanted = ("parity", "speed", "hmean", "memory_mib", "passed", "problems", "withdrawn", "notes", "seconds")
    document = report.to_dict("en")
    return {name: document[name] for name in wanted} | {"quantised": document["details"]["quantised"]}


def worst(report: ExportReport) -> float:
    return float(report.measured["parity"]["onnx"]["max_abs_diff"])


def word(document: dict[str, Any]) -> str:
    if "openvino-bf16" not in document["parity"]["others"]:
        return "not on this CPU"
    return "no" if "openvino-bf16" in document["withdrawn"] else "yes"


def compared(fp32: Path, small: ExportReport, rounds: int) -> tuple[dict[str, Any], str]:
    """int8 beside fp32: the networks alone, taking turns, and both hmeans. A refused int8 left no file: the times are the gate's."""
    document = figures(small)
    if small.path:
        document["times"] = turns(fp32, small.path, rounds)
    else:
        engines = document["speed"]["engines"]
        both = {"fp32_ms": engines["onnx-fp32"]["best_ms"], "int8_ms": engines["onnx"]["best_ms"]}
        document["times"] = {"ONNX Runtime": {**both, "ratio": document["speed"]["ratio_to_fp32"]}}
    rows = [
        [f"{name}, ms", f"{found['fp32_ms']:.1f}", f"{found['int8_ms']:.1f}", f"{found['ratio']:.2f} ×"]
        for name, found in document["times"].items()
    ]
    rows[0].append("≤ 0.47 ×")
    if found := document["hmean"]:
        change = f"{100 * found['difference']:+.2f} points"
        exact = f"{found['reference']['hmean']:.4f}", f"{found['hmean']:.4f}"
        rows.append([f"hmean, {found['pictures']} pictures of {found['dataset']}", *exact, change, "≥ −0.5 points"])
    kept = document["quantised"]
    said = (
        f"{len(kept['kept_float32'])} of {kept['layers']} layers stay fp32; calibrated on {kept['pictures']} pictures"
    )
    said = "\n".join([said, *(problem["message"] for problem in document["problems"])])
    head = [f"int8 beside fp32, {SIDE}×{SIDE}", "fp32", "int8", "int8 / fp32", "reach"]
    return document, f"{table(head, [row + [''] * (len(head) - len(row)) for row in rows])}\n{said}"


def turns(fp32: Path, int8: Path, rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds of both networks per engine: the quickest of many turns, and the median of the turns' ratios."""
    blob = np.random.default_rng(0).standard_normal((1, 3, SIDE, SIDE)).astype(np.float32)
    kinds = {"ONNX Runtime": ("onnx", "f32"), "OpenVINO f32": ("openvino", "f32")}
    kinds |= {"OpenVINO bf16": ("openvino", "bf16")} if has_bf16() else {}
    document = {}
    for name, (engine, precision) in kinds.items():
        both = [
            load_engine(from_folder(each, each.name, "export"), engine, precision, "cpu").engine
            for each in (fp32, int8)
        ]
        seconds: list[list[float]] = []
        for _ in range(TURNS * rounds + 1):
            seconds.append([])
            for network in both:
                settle()
                seconds[-1].append(timed(network.run, blob)[0])
        del seconds[0]  # the first turn prepares for the shape
        document[name] = {
            "fp32_ms": round(1000 * min(first for first, _ in seconds), 2),
            "int8_ms": round(1000 * min(second for _, second in seconds), 2),
            "ratio": round(statistics.median(second / first for first, second in seconds), 3),
        }
    return document


def peer(folder: Path, shown: Pictures, rounds: int) -> tuple[dict[str, Any], str]:
    """The same weights on the same pictures, pixels in, boxes out, taking turns picture by picture.

    PaddleOCR's detector as its users get it by default (oneDNN); ours by default (bf16 where the export's gate allowed it
    and the CPU has it), in float32, and in ONNX Runtime; and OpenCV's, which knows no size but one that it stretches to.
    """
    from paddleocr import TextDetection

    entry = from_folder(folder, folder.name, "export")
    theirs = TextDetection(model_dir=str(folder / "paddle"))
    sizes = inputs_of(theirs)
    kinds = {"default": ("auto", "auto"), "f32": ("openvino", "f32"), "onnx": ("onnx", "f32")}
    ours = {name: Detector(entry, load_engine(entry, *kind, "cpu")) for name, kind in kinds.items()}
    contestants: dict[str, Any] = {
        "paddleocr": lambda pixels: [np.asarray(box) for box in theirs.predict(pixels)[0]["dt_polys"]],
        "opencv": opencv_detector(folder / OPENCV, entry.card),
    }
    for name, each in ours.items():
        contestants[name] = lambda pixels, each=each: [region.quad for region in each.detect(pixels).regions]
    times, metrics = ({name: kind() for name in contestants} for kind in (Times, DetectionMetric))
    alike = 0
    for index, sample in enumerate(shown.samples):
        pixels = read_picture(sample.image).pixels
        labels, ignored = [box.points for box in sample.boxes], [box.ignore for box in sample.boxes]
        for turn in range(rounds + 1):  # the first turn is for shapes not met before
            for name, contestant in contestants.items():
                settle()
                seconds, found = timed(contestant, pixels)
                if turn:
                    times[name].add(index, seconds)
                else:
                    metrics[name].update(labels, ignored, list(found))
        alike += sizes[-1] == ours["f32"].prepare(pixels).blob.shape
    names = {"paddleocr": "PaddleOCR's TextDetection", "opencv": "OpenCV's TextDetectionModel_DB"}
    return presented(times, metrics, names | {
        name: f"ocrweb {name} ({each.device})" for name, each in ours.items()
    }, shown, alike)  # fmt: skip


def presented(
    times: dict[str, Times], metrics: dict[str, DetectionMetric], names: dict[str, str], shown: Pictures, alike: int
) -> tuple[dict[str, Any], str]:
    document: dict[str, Any] = {"pictures": len(shown.samples), "same_input_size": alike}
    rows = []
    for name, found in times.items():
        figures = document[name] = {**found.to_dict(), "name": names[name]}
        for kind in ("median", "quiet"):
            peer = document["paddleocr"]
            figures[f"{kind}_ratio"] = told(
                figures[f"{kind}_ms"] / peer[f"{kind}_ms"], figures["spread"], peer["spread"]
            )
        if shown.labelled:
            figures["hmean"] = round(metrics[name].summary().hmean, 4)
        numbers = [
            text
            for kind in ("median", "quiet")
            for text in (f"{figures[f'{kind}_ms']:.1f}", ratio_shown(figures[f"{kind}_ratio"]))
        ]
        rows.append([names[name], *numbers, str(figures.get("hmean", "")), "≤ 0.5" if name == "default" else ""])
    head = ["pixels → boxes", "median ms", "ratio", "quiet ms", "ratio", "hmean", "reach"]
    said = f"{len(shown.samples)} pictures ({shown.name}); the same network input on {alike} of them"
    return document, f"{table(head, rows)}\n{said}"


def inputs_of(theirs: Any) -> list[tuple[int, ...]]:
    """Shapes of what PaddleOCR's network is given, as it goes."""
    shapes: list[tuple[int, ...]] = []
    runner = theirs.paddlex_predictor.runner

    def run(x: list[np.ndarray]) -> Any:
        shapes.append(x[0].shape)
        return runner(x=x)

    theirs.paddlex_predictor.runner = run
    return shapes


if __name__ == "__main__":
    sys.exit(main())
