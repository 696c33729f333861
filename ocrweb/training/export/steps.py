"""The steps of one export, in order: network, other forms, parity, speed, hmean."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ocrweb.data.icdar import read_split
from ocrweb.errors import OcrwebError
from ocrweb.evaluation.metric import Score
from ocrweb.runtime.card import CARD_KEY
from ocrweb.runtime.detector import Detector, default_decode
from ocrweb.runtime.engines.base import Engine
from ocrweb.runtime.paddle_env import usable_cores
from ocrweb.training.export import files
from ocrweb.training.export.convert import complete_model
from ocrweb.training.export.footprint import footprint
from ocrweb.training.export.measure import Contestants, detector_of, measure_gaps, measure_hmean, measure_speed
from ocrweb.training.export.precision import Tell, onnx_engine, write_network

if TYPE_CHECKING:
    from ocrweb.training.export.spec import Spec

EXPORT_KEY = "ocrweb.export"
DISK_NEEDED = 400 * 2**20  # bytes: the forms of a large network, and the files in between


def export(spec: Spec, tell: Tell) -> dict[str, Any]:
    """Fill ``spec.target`` and return what was measured. Raises coded errors of weights, conversion and pictures."""
    if shutil.disk_usage(spec.work).free < DISK_NEEDED:
        raise OcrwebError("usage.disk-full", path=str(spec.target.parent.parent))
    tell("load", 0.0)
    reference = _network(spec, tell)
    network = spec.target / files.NETWORK
    quantised = write_network(spec, reference, network, tell)
    tell("forms", 0.45)
    facts = _describe(spec, network)
    facts[CARD_KEY] = spec.card.embedded()
    ports = files.finish_network(network, facts)
    extra = _companions(spec, reference, network, facts)
    tell("parity", 0.55)
    measured = _measure(spec, reference, network, tell)
    if "opencv" not in extra["missing"]:
        ports["opencv_precision"] = "fp32"
    details = {"precision": spec.precision, "size": list(spec.size) if spec.size else "dynamic", **ports}
    details |= _decoding(spec) | {"multiple_of": 32, "quantised": quantised, "versions": _versions(), **spec.names}
    files.write_model_yml(spec.target / "model.yml", spec.card.handed_on(), details)
    return {**measured, "details": details, "forms": extra, "quantised": quantised}


def _network(spec: Spec, tell: Tell) -> Path:
    """The float32 network as ONNX, and Paddle's inference folder beside the future export."""
    from ocrweb.training.export.onnx import export_inference_folder, export_onnx
    from ocrweb.training.machine.device import on_cpu

    reference = spec.work / "reference.onnx"
    with on_cpu():
        layer = _layer(spec)
        tell("paddle", 0.1)
        program = export_inference_folder(layer, spec.target / files.PADDLE)
        tell("convert", 0.2)
        export_onnx(layer, reference, size=spec.size, opset=spec.opset, program=program)
    return reference


def _layer(spec: Spec) -> Any:
    if not spec.folder:
        try:
            return complete_model(spec.source)
        except OcrwebError as error:
            if error.code != "graph.unsupported":
                raise
            raise OcrwebError("export.wrong-network", path=spec.source, **error.params) from error
    import paddle

    try:
        return paddle.jit.load(str(Path(spec.source) / "inference"))
    except (RuntimeError, ValueError, OSError) as failure:
        reason = " ".join(str(failure).split())[-200:]
        raise OcrwebError("model.damaged", path=spec.source, reason=reason) from failure


def _describe(spec: Spec, network: Path) -> dict[str, str]:
    """Metadata of its own for readers that do not know the card."""
    plain = {
        "mean": list(spec.card.mean),
        "std": list(spec.card.std),
        "channels": "BGR",
        **_decoding(spec),
        "limit_side": spec.card.limit_side,
        "limit_type": spec.card.limit_type,
        "precision": spec.precision,
        "size": list(spec.size) if spec.size else "dynamic",
        "multiple_of": 32,
        "licence": spec.card.licence,
        "metrics": spec.card.metrics,
        **spec.names,
    }
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in plain.items()}
    return {**texts, EXPORT_KEY: json.dumps(plain, ensure_ascii=False)}


def _decoding(spec: Spec) -> dict[str, float]:
    """How the maps become boxes, where the card leaves it open as well."""
    decode = default_decode(spec.card)
    return {
        "threshold": decode.threshold,
        "box_threshold": decode.effective_box_threshold,
        "unclip_ratio": decode.unclip_ratio,
    }


def _companions(spec: Spec, reference: Path, network: Path, facts: Mapping[str, str]) -> dict[str, Any]:
    """Everything beside the network. A form that this network cannot take is left out with the reason."""
    decode = default_decode(spec.card)
    side = min(spec.card.limit_side, max(spec.size)) if spec.size else spec.card.limit_side
    files.write_inference_yml(spec.target / files.PADDLE, spec.card, decode, side)
    files.write_samples(spec.target / "samples")
    missing = {}
    if spec.size is None:
        files.write_rapidocr(spec.target / files.RAPIDOCR, spec.card, decode, side, files.NETWORK)
    else:
        missing["rapidocr"] = "size"  # RapidOCR chooses the size of every picture itself
    files.write_opencv(reference, spec.target / files.OPENCV, facts)
    if reason := _opencv_refuses(spec.target / files.OPENCV, spec.size):
        (spec.target / files.OPENCV).unlink()
        missing["opencv"] = reason
    files.write_openvino(network, spec.target / files.OPENVINO / "model.xml", half=spec.precision == "fp16")
    return {"missing": missing}


def _opencv_refuses(network: Path, size: tuple[int, int] | None) -> str:
    """Why OpenCV cannot run a network; "" when it can."""
    import cv2

    try:
        loaded = cv2.dnn.readNetFromONNX(str(network))
        loaded.setInput(np.zeros((1, 3, *(size or (64, 96))), np.float32))
        found = loaded.forward().shape
    except cv2.error as failure:
        return " ".join(str(failure).split())[:200]
    return "" if len(found) == 2 else f"output {found}"


def _measure(spec: Spec, reference: Path, network: Path, tell: Tell) -> dict[str, Any]:
    from ocrweb.runtime.engines.openvino import OpenVinoEngine, capabilities
    from ocrweb.runtime.engines.paddle import PaddleEngine

    threads = usable_cores()
    paddle = PaddleEngine(spec.target / files.PADDLE, threads=threads)
    ir = spec.target / files.OPENVINO / "model.xml"
    engines: Contestants = {
        "onnx": onnx_engine(network),
        "openvino": OpenVinoEngine(ir, precision="f32", threads=threads),
    }
    if "BF16" in capabilities():  # int8 too: its layers that stay float32 are what our runtime computes in bf16
        engines["openvino-bf16"] = OpenVinoEngine(ir, precision="bf16", threads=threads)
    detector = detector_of(engines["onnx"], spec.card)
    count = len(spec.pictures)
    gaps = measure_gaps(
        paddle, engines, detector, spec.pictures, told=lambda done: tell("parity", 0.55 + 0.2 * done / count)
    )
    tell("speed", 0.75)
    base: Contestants = {} if spec.precision == "fp32" else {"onnx-fp32": onnx_engine(reference)}
    speed = measure_speed({"paddle": paddle, **base, **engines}, spec.size)
    memory = footprint(network, *speed["size"])
    exact = spec.precision == "fp32"  # OpenVINO's float32 is the network to a few millionths
    scored = {name: engine for name, engine in engines.items() if not (exact and name == "openvino")}
    return {
        "parity": {name: gap.to_dict() for name, gap in gaps.items()},
        "speed": speed,
        "memory_mib": memory,
        "hmean": _hmean(spec, base.get("onnx-fp32", paddle), scored, detector, tell),
    }


def _hmean(
    spec: Spec, reference: Engine, exported: Contestants, detector: Detector, tell: Tell
) -> dict[str, Any] | None:
    """Scores on the dataset: of ``onnx``, and under ``others`` of what else our runtime would choose. The reference of
    fp16 and int8 is the float32 ONNX, quicker than Paddle and equal to it."""
    if spec.dataset is None:
        return None
    samples = read_split(Path(spec.dataset), "train" if spec.split == "train" else "test")
    tell("hmean", 0.8)
    scores = measure_hmean(
        {"reference": reference, **exported},
        detector,
        samples,
        told=lambda done: tell("hmean", 0.8 + 0.19 * done / len(samples)),
    )
    truth = scores.pop("reference")
    figures = {
        name: {**_ratios(score), "difference": round(score.hmean - truth.hmean, 6)} for name, score in scores.items()
    }
    return {
        **figures.pop("onnx"),
        "reference": _ratios(truth),
        "others": figures,
        "pictures": len(samples),
        "labels": truth.labels,
        "dataset": Path(spec.dataset).name,
        "split": spec.split,
    }


def _ratios(score: Score) -> dict[str, float]:
    return {name: round(getattr(score, name), 6) for name in ("hmean", "precision", "recall")}


def _versions() -> dict[str, str]:
    names = ("paddlepaddle", "paddlepaddle-gpu", "paddle2onnx", "onnx", "onnxruntime", "openvino")
    found = {}
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
