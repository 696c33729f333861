"""The network of an export in the precision that was asked for."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ocrweb.config.detection import ResizeOptions
from ocrweb.config.judgement import HMEAN_DROP
from ocrweb.data.icdar import read_split
from ocrweb.data.sample import Sample
from ocrweb.errors import OcrwebError
from ocrweb.render.page import render_page
from ocrweb.runtime.detector import Detector, default_decode
from ocrweb.runtime.engines.base import Engine
from ocrweb.runtime.engines.onnx import OnnxEngine
from ocrweb.runtime.paddle_env import usable_cores
from ocrweb.training.export.measure import blobs_of, detector_of, measure_hmean
from ocrweb.training.export.parity import compare

if TYPE_CHECKING:
    from ocrweb.training.export.spec import Spec

CALIBRATION_PAGES = 20
PROBE_SIDE = 480
ENOUGH = 0.03  # share of boxes that int8 may change before layers go back to float32
ENOUGH_HMEAN = HMEAN_DROP / 2  # that it may lose on labelled calibration pictures; the gate judges by others
Tell = Callable[[str, float], None]


def write_network(spec: Spec, reference: Path, out: Path, tell: Tell) -> dict[str, Any] | None:
    """The network in the precision asked for; for int8 what stayed float32 and why."""
    if spec.precision == "fp32":
        shutil.copyfile(reference, out)
        return None
    from ocrweb.training.export import quantize

    if spec.precision == "fp16":
        tell("half", 0.3)
        quantize.to_float16(reference, out)
        return None
    return write_int8(spec, reference, out, tell)


def write_int8(
    spec: Spec,
    reference: Path,
    out: Path,
    tell: Tell,
    engine: Callable[[Path], Engine] | None = None,
    most_lost: float = ENOUGH_HMEAN,
) -> dict[str, Any]:
    """The network in int8, and which layers had to stay float32.

    engine: that the result is to run in, else ONNX Runtime; engines round differently. most_lost: hmean, on the
    labelled calibration pictures.
    """
    run = engine or onnx_engine
    from ocrweb.training.export import quantize

    tell("calibrate", 0.3)
    detector = detector_of(onnx_engine(reference), spec.card)
    pictures = _calibration(spec)
    # As large as they will come: at 640 instead of 1280 a trained ppocrv6-small lost 0.5 points of hmean instead of 0.15
    quantizer = quantize.Quantizer(reference, blobs_of(detector, pictures), spec.work)
    changed = _loss(detector, pictures[: quantize.PROBES * 3], None, run)
    lost = lost_hmean(detector, spec.dataset, spec.calibration, run)
    result = quantize.quantize(
        quantizer,
        out,
        lambda network: max(changed(network) / ENOUGH, lost(network) / most_lost),
        enough=1,
        probe=_loss(detector, pictures[: quantize.PROBES], PROBE_SIDE, onnx_engine),  # as quick to load as to run
        on_step=lambda kept: tell("quantise" if kept == 0 else "choose", 0.35 + 0.01 * min(kept, 8)),
    )
    return {
        "calibration": "dataset" if spec.calibration else "rendered",
        "pictures": len(pictures),
        "layers": len(quantizer.layers),
        "kept_float32": list(result.kept),
        "changed_boxes": round(changed(out), 4),
        "tried": [{"kept": count, "of_allowed": round(loss, 3)} for count, loss in result.tried],
    }


def _calibration(spec: Spec) -> list[Path | np.ndarray]:
    if spec.calibration:
        return list(spec.calibration)
    return [render_page(None, seed).pixels for seed in range(CALIBRATION_PAGES)]


def _loss(
    detector: Detector, pictures: list[Path | np.ndarray], limit: int | None, run: Callable[[Path], Engine]
) -> Callable[[Path], float]:
    """How wrong a network is: the share of boxes that change, and, in small print, how far the maps are off.

    limit: the longest side, for a quicker answer; a network of fixed sides keeps them.
    """
    rule = ResizeOptions(limit_side=limit) if limit else None
    prepared = [detector.prepare(picture, rule) for picture in pictures]
    expected = [detector.loaded.engine.run(each.blob)[0] for each in prepared]
    decode = default_decode(detector.card)

    def loss(network: Path) -> float:
        engine = run(network)
        gaps = [
            compare(truth, engine.run(each.blob)[0], each.page, decode)
            for truth, each in zip(expected, prepared, strict=True)
        ]
        total = sum(sum(gap.boxes) for gap in gaps)
        changed = 1 - 2 * sum(gap.paired for gap in gaps) / total if total else 0.0
        return changed + float(np.mean([gap.mean_abs for gap in gaps])) / 10

    return loss


def lost_hmean(
    detector: Detector, dataset: str | None, calibration: Sequence[Path], run: Callable[[Path], Engine] | None = None
) -> Callable[[Path], float]:
    """How much hmean a network loses on the calibration pictures; nothing when these have no labels. run: see `write_int8`."""
    if dataset is None or not calibration:
        return lambda network: 0.0
    chosen = {path.resolve() for path in calibration}
    samples = [sample for sample in labelled_samples(Path(dataset)) if sample.image.resolve() in chosen]

    def hmean(engine: Engine) -> float:
        return measure_hmean({"": engine}, detector, samples, told=lambda done: None)[""].hmean

    best = hmean(detector.loaded.engine)
    return lambda network: best - hmean((run or onnx_engine)(network))


def labelled_samples(dataset: Path) -> list[Sample]:
    """Those that calibration pictures are taken from: for training, else for testing."""
    try:
        return read_split(dataset, "train")
    except OcrwebError as error:
        if error.code != "dataset.list-empty":
            raise
        return read_split(dataset, "test")


def onnx_engine(path: Path) -> OnnxEngine:
    return OnnxEngine(path, threads=usable_cores())
