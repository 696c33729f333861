"""A network's copy in int8 and what it is worth on this machine: hmean on pictures it was not made with, and time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrweb.config.judgement import INT8_DROP
from ocrweb.data.sample import Sample
from ocrweb.errors import OcrwebError
from ocrweb.render.dataset import render_dataset
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.device import cpu_name, has_bf16
from ocrweb.runtime.engines.base import Engine
from ocrweb.runtime.engines.load import int8_engine
from ocrweb.runtime.engines.openvino import OpenVinoEngine
from ocrweb.runtime.entry import ModelEntry
from ocrweb.runtime.int8 import NETWORK
from ocrweb.runtime.paddle_env import usable_cores
from ocrweb.training.export.measure import Contestants, detector_of, measure_hmean, measure_speed
from ocrweb.training.export.precision import Tell, labelled_samples, write_int8
from ocrweb.training.export.spec import Spec

PAGES, PAGES_SEED = 48, 4  # rendered when there is no dataset, half to make the copy with and half to judge it by
MOST_PICTURES = 32  # of a dataset, for each
OPSET = 17


@dataclass(frozen=True, slots=True)
class CopySpec:
    """network: the model as float32 ONNX. dataset: labelled pictures like those that will come; None renders pages.

    target: the folder to fill. work: for files that nobody needs later.
    """

    network: Path
    card: ModelCard
    dataset: Path | None
    target: Path
    work: Path


def make_copy(spec: CopySpec, tell: Tell) -> dict[str, Any]:
    """Write the copy and return its record: see `ocrweb.runtime.int8.Int8Copy`. Raises ``quantised.already``."""
    if _is_quantised(spec.network):
        raise OcrwebError("quantised.already", name=spec.card.name)
    tell("pictures", 0.0)
    folder = spec.dataset or _rendered(spec.work / "pages", tell)
    fit, judged = _divided(folder)
    made = write_int8(
        _export_spec(spec, folder, fit), spec.network, spec.target / NETWORK, tell, _int8(spec), INT8_DROP / 2
    )
    engines = _engines(spec)
    detector = detector_of(engines["f32"], spec.card)
    tell("hmean", 0.6)
    scores = measure_hmean(engines, detector, judged, told=lambda done: tell("hmean", 0.6 + 0.3 * done / len(judged)))
    tell("speed", 0.9)
    height, width = detector.prepare(judged[0].image).blob.shape[2:]
    times = measure_speed(engines, (height, width))["engines"]
    return {
        "cpu": cpu_name(),
        "times": {name: figures["median_ms"] for name, figures in times.items()},
        "hmean": {name: round(score.hmean, 6) for name, score in scores.items()},
        "calibration": "dataset" if spec.dataset else "rendered",
        "pictures": len(judged),
        "layers": made["layers"],
        "kept_float32": made["kept_float32"],
    }


def _is_quantised(network: Path) -> bool:
    import onnx

    nodes = onnx.load(str(network), load_external_data=False).graph.node
    return any(node.op_type == "QuantizeLinear" for node in nodes)


def _rendered(folder: Path, tell: Tell) -> Path:
    render_dataset(folder, PAGES, 0, PAGES_SEED, lambda done, total: tell("pictures", 0.25 * done / total))
    return folder


def _divided(folder: Path) -> tuple[list[Sample], list[Sample]]:
    """Pictures to make the copy with and others to judge it by: of the training pictures, else the test pictures, every second one."""
    samples = labelled_samples(folder)
    return _spread(samples[::2]), _spread(samples[1::2] or samples)


def _spread(samples: Sequence[Sample]) -> list[Sample]:
    count = min(len(samples), MOST_PICTURES)
    return [samples[place * len(samples) // count] for place in range(count)]


def _export_spec(spec: CopySpec, dataset: Path, fit: Sequence[Sample]) -> Spec:
    return Spec(
        source="",
        folder=False,
        card=spec.card,
        size=None,
        precision="int8",
        opset=OPSET,
        target=spec.target,
        work=spec.work,
        pictures=(),
        dataset=str(dataset),
        split="train",
        calibration=tuple(sample.image for sample in fit),
        names={},
    )


def _engines(spec: CopySpec) -> Contestants:
    threads = usable_cores()
    engines: Contestants = {"f32": OpenVinoEngine(spec.network, precision="f32", threads=threads)}
    if has_bf16() and spec.card.bf16:
        engines["bf16"] = OpenVinoEngine(spec.network, precision="bf16", threads=threads)
    engines["int8"] = _int8(spec)(spec.target / NETWORK)
    return engines


def _int8(spec: CopySpec) -> Callable[[Path], Engine]:
    entry = ModelEntry(spec.card.name, "file", spec.card)
    return lambda network: int8_engine(network, entry, threads=usable_cores())
