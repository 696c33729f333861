"""Load a model with the engine that suits this machine, and say what was picked and why."""

from __future__ import annotations

import functools
import importlib.metadata
from dataclasses import dataclass, replace
from pathlib import Path

from ocrweb.errors import OcrwebError
from ocrweb.runtime.convert import onnx_of
from ocrweb.runtime.device import Device, choose_device, cpu_threads, has_bf16, see_gpus
from ocrweb.runtime.engines.base import Engine
from ocrweb.runtime.engines.choose import Abilities, Note, Plan, plan
from ocrweb.runtime.entry import ModelEntry
from ocrweb.runtime.int8 import Int8Copy, find_copy


@dataclass(frozen=True, slots=True)
class Loaded:
    """An engine that runs, and why it is this one."""

    engine: Engine
    device: Device
    notes: tuple[Note, ...]

    def why(self, lang: str | None = None) -> str:
        """The reasons as one line: the device, then the engine, then the precision."""
        return " ".join([self.device.why(lang), *(note.text(lang) for note in self.notes)])


def load_engine(
    entry: ModelEntry,
    engine: str = "auto",
    precision: str = "auto",
    device: str | Device = "auto",
    *,
    streams: int = 1,
) -> Loaded:
    """Load a model. engine: auto, openvino, onnx, paddle. precision: auto, f32, bf16, int8. device: auto, cpu, gpu.

    streams: pictures worked on at the same time by an OpenVINO engine. Weights without an ONNX are converted first.
    A library that cannot be started on the GPU is left out and the rest planned again; when the GPU was asked for, it is
    an error. Raises what made the model unavailable, what `plan`, `onnx_of` and the engines raise.
    """
    if entry.missing is not None:
        raise entry.missing
    if not entry.detects:
        raise OcrwebError("model.no-detector", name=entry.name)
    chosen = choose_device(device) if isinstance(device, str) else device
    can, copy = abilities(), find_copy(entry)
    while True:
        made = plan(entry, engine, precision, chosen, can, copy)
        try:
            return Loaded(_build(entry, made, streams, copy), chosen, made.notes)
        except OcrwebError as failure:
            if failure.code != "engine.gpu-failed":
                raise
            if chosen.reason == "asked":
                # A damaged network fails on the CPU too, with the error that says so.
                _build(entry, replace(made, gpu=None), streams, copy).close()
                raise
            can = can.without_cuda(made.engine, failure)


@functools.cache
def abilities() -> Abilities:
    """What this installation can do; asked once a process. No library is imported to ask that nothing here needs: not
    Paddle, and ONNX Runtime only beside a GPU."""
    return Abilities(has_bf16(), bool(see_gpus().gpus) and _onnx_cuda(), _installed("paddlepaddle-gpu"))


def _build(entry: ModelEntry, made: Plan, streams: int, copy: Int8Copy | None) -> Engine:
    threads = cpu_threads()
    if made.engine == "paddleocr":
        from ocrweb.runtime.engines.official import OfficialEngine

        return OfficialEngine(entry.name, threads=threads, gpu=made.gpu)
    if made.engine == "paddle":
        from ocrweb.runtime.engines.paddle import PaddleEngine

        return PaddleEngine(entry.files["paddle"], threads=threads, gpu=made.gpu)
    if made.precision == "int8" and copy is not None:
        return int8_engine(copy.network, entry, threads=threads, streams=streams)
    network = _network(entry)
    if made.engine == "openvino":
        from ocrweb.runtime.engines.openvino import OpenVinoEngine

        return OpenVinoEngine(network, precision=made.precision, threads=threads, streams=streams)
    from ocrweb.runtime.engines.onnx import OnnxEngine

    return OnnxEngine(network, threads=threads, gpu=made.gpu)


def int8_engine(network: Path, entry: ModelEntry, *, threads: int, streams: int = 1) -> Engine:
    """A quantised network as it runs here: what it keeps floating is computed as the model itself would be."""
    from ocrweb.runtime.engines.openvino import OpenVinoEngine

    floating = "bf16" if abilities().bf16 and entry.card.bf16 else "f32"
    return OpenVinoEngine(network, precision=floating, threads=threads, streams=streams, label="int8")


def _network(entry: ModelEntry) -> Path:
    return entry.files["onnx"] if "onnx" in entry.files else onnx_of(entry.files["weights"])


def _onnx_cuda() -> bool:
    from ocrweb.runtime.engines.onnx import cuda_provider

    return cuda_provider()


def _installed(distribution: str) -> bool:
    try:
        importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
