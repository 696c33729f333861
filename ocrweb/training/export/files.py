"""What lies beside an exported network so that other programs can run it: configurations and other forms of it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ocrweb.config.detection import DecodeOptions
from ocrweb.config.paths import ASSETS
from ocrweb.model.onnx_graph.versions import ask_for_least, first_runtime, opset_of
from ocrweb.runtime.card import ModelCard

SAMPLES = ("detect.py", "tiles.py", "opencv.py", "detect.cpp", "input.hpp", "tiles.hpp", "CMakeLists.txt")
NETWORK, OPENCV, RAPIDOCR, PADDLE, OPENVINO = "model.onnx", "model_opencv.onnx", "rapidocr.yml", "paddle", "openvino"
FLAT = "map"


def write_inference_yml(folder: Path, card: ModelCard, decode: DecodeOptions, limit_side: int) -> None:
    """``inference.yml`` beside ``inference.json``, as `paddleocr.TextDetection(model_dir=…)` reads it.

    It names no model: a name would have to equal the one that is passed to TextDetection. ``resize_long`` is the rule
    "longest side at most"; other rules of that file are not read.
    """
    document = {
        "PreProcess": {
            "transform_ops": [
                {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
                {"DetResizeForTest": {"resize_long": limit_side}},
                {
                    "NormalizeImage": {
                        "mean": list(card.mean),
                        "std": list(card.std),
                        "scale": "1./255.",
                        "order": "hwc",
                    }
                },
                {"ToCHWImage": None},
            ]
        },
        "PostProcess": {
            "name": "DBPostProcess",
            "thresh": decode.threshold,
            "box_thresh": decode.effective_box_threshold,
            "max_candidates": decode.max_candidates,
            "unclip_ratio": decode.unclip_ratio,
        },
    }
    _write_yaml(folder / "inference.yml", document)


def write_rapidocr(path: Path, card: ModelCard, decode: DecodeOptions, limit_side: int, network: str) -> None:
    """RapidOCR's configuration: its own, with this detector in it. `RapidOCR(config_path="rapidocr.yml")`.

    network: the ONNX file as RapidOCR shall find it; a relative path starts where RapidOCR is run.
    """
    import importlib.util

    spec = importlib.util.find_spec("rapidocr")
    shipped = Path(spec.origin).parent / "config.yaml" if spec and spec.origin else None
    document: dict[str, Any] = (
        yaml.safe_load(shipped.read_text(encoding="utf-8")) if shipped and shipped.is_file() else {}
    )
    document["Det"] = {
        **document.get("Det", {}),
        "engine_type": "onnxruntime",
        "model_path": network,
        "limit_side_len": limit_side,
        "limit_type": card.limit_type,
        "mean": list(card.mean),
        "std": list(card.std),
        "thresh": decode.threshold,
        "box_thresh": decode.effective_box_threshold,
        "max_candidates": decode.max_candidates,
        "unclip_ratio": decode.unclip_ratio,
        "use_dilation": False,
        "score_mode": decode.score_mode,
    }
    _write_yaml(path, document)


def write_opencv(network: Path, out: Path, metadata: Mapping[str, str]) -> None:
    """The network as OpenCV's `TextDetectionModel_DB` wants it: constants folded, and the map two-dimensional.

    network: in float32, which OpenCV computes in; so it stays, whatever the export's precision. With the usual
    (1, 1, H, W) output OpenCV 4 finds no boxes and says nothing.
    """
    import onnx
    import onnxruntime

    folded = out.with_name("folded.onnx")
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(folded)
    options.log_severity_level = 3
    onnxruntime.InferenceSession(str(network), options, providers=["CPUExecutionProvider"])
    model = onnx.load(str(folded))
    folded.unlink()
    (maps,) = model.graph.output
    sides = [axis.dim_value or axis.dim_param for axis in maps.type.tensor_type.shape.dim][2:]
    squeeze = _squeeze(model, maps.name)
    model.graph.node.append(squeeze)
    del model.graph.output[:]
    model.graph.output.append(onnx.helper.make_tensor_value_info(squeeze.output[0], onnx.TensorProto.FLOAT, sides))
    onnx.helper.set_model_props(model, {**metadata, "precision": "fp32"})
    ask_for_least(model)
    onnx.save(model, str(out))


def write_openvino(network: Path, out: Path, *, half: bool) -> None:
    """OpenVINO's own form: ``out`` (.xml) and the .bin beside it. half: weights in float16. Nothing is reported home."""
    import openvino

    out.parent.mkdir(parents=True, exist_ok=True)
    openvino.save_model(openvino.Core().read_model(str(network)), str(out), compress_to_fp16=half)


def write_samples(folder: Path) -> None:
    """The programs that show how to run the network with ONNX Runtime and OpenCV alone."""
    folder.mkdir(exist_ok=True)
    for name in SAMPLES:
        shutil.copyfile(ASSETS / "samples" / name, folder / name)


def write_model_yml(path: Path, card: ModelCard, export: Mapping[str, Any]) -> None:
    """The card, with what is special to this file under ``export``."""
    _write_yaml(path, {**card.model_dump(mode="json", exclude_none=True), "export": dict(export)})


def finish_network(path: Path, metadata: Mapping[str, str]) -> dict[str, Any]:
    """Put the metadata in, take constants out that nothing uses (readers warn of each), and describe both ends."""
    import onnx

    model = onnx.load(str(path))
    used = {name for node in model.graph.node for name in node.input} | {port.name for port in model.graph.output}
    kept = [item for item in model.graph.initializer if item.name in used]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    known = {item.key: item.value for item in model.metadata_props}
    onnx.helper.set_model_props(model, {**known, **metadata})
    ask_for_least(model)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    asked = {"opset": opset_of(model), "ir_version": model.ir_version, "onnxruntime": first_runtime(model)}
    return {"input": _port(model.graph.input[0]), "output": _port(model.graph.output[0]), **asked}


def _port(value: Any) -> dict[str, Any]:
    axes = [axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim]
    return {"name": value.name, "shape": axes, "type": "float32"}


def _squeeze(model: Any, name: str) -> Any:
    """(1, 1, H, W) → (H, W); the axes are an input from opset 13 on, an attribute before."""
    import onnx

    flat, axes = _free(model, FLAT), _free(model, "flat.axes")
    if opset_of(model) < 13:
        return onnx.helper.make_node("Squeeze", [name], [flat], name="flat", axes=[0, 1])
    model.graph.initializer.append(onnx.helper.make_tensor(axes, onnx.TensorProto.INT64, [2], [0, 1]))
    return onnx.helper.make_node("Squeeze", [name, axes], [flat], name="flat")


def _free(model: Any, name: str) -> str:
    """A name for a tensor that the network has none of yet, this one if it can be."""
    graph = model.graph
    taken = {port.name for port in (*graph.input, *graph.initializer)}
    taken.update(output for node in graph.node for output in node.output)
    while name in taken:
        name += "_"
    return name


def _write_yaml(path: Path, document: Mapping[str, Any]) -> None:
    path.write_text(yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True), encoding="utf-8")
