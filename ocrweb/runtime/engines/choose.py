"""Which engine runs a model here, at which precision, and why."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ocrweb import messages
from ocrweb.errors import OcrwebError
from ocrweb.runtime.device import Device
from ocrweb.runtime.entry import ModelEntry
from ocrweb.runtime.int8 import Int8Copy

EngineName = Literal["openvino", "onnx", "paddle", "paddleocr"]
ENGINES = ("auto", "openvino", "onnx", "paddle")
PRECISIONS = ("auto", "f32", "bf16", "int8")
Precision = Literal["f32", "bf16", "int8"]


@dataclass(frozen=True, slots=True)
class Note:
    """One reason, told in the reader's language. params: its values, sentences (`messages.Told`) among them."""

    key: str
    params: dict[str, Any] = field(default_factory=dict)

    def text(self, lang: str | None = None) -> str:
        told = {
            name: value.message(lang) if isinstance(value, messages.Told) else value
            for name, value in self.params.items()
        }
        return messages.text(f"engine.{self.key}", lang, **told)


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the installed libraries and the CPU can do.

    onnx_cuda, paddle_cuda: that library was built with CUDA and did not fail to start it. failed: why one did.
    """

    bf16: bool
    onnx_cuda: bool
    paddle_cuda: bool
    failed: tuple[Note, ...] = ()

    def without_cuda(self, engine: EngineName, failure: OcrwebError) -> Abilities:
        """What is left when that engine could not be started on the GPU. failure: its `engine.gpu-failed`."""
        failed = (*self.failed, Note("cuda-failed", dict(failure.params)))
        if engine == "onnx":
            return replace(self, onnx_cuda=False, failed=failed)
        return replace(self, paddle_cuda=False, failed=failed)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to load. gpu: its index, or None for the CPU. notes: why, in the order it was decided."""

    engine: EngineName
    precision: Precision
    gpu: int | None
    notes: tuple[Note, ...]


def plan(
    entry: ModelEntry, engine: str, precision: str, device: Device, can: Abilities, copy: Int8Copy | None = None
) -> Plan:
    """The decision as a function of plain values. copy: the model in int8, where it was made.

    Raises `usage.bad-value`, `engine.wrong-form` (that engine cannot run this model), `engine.no-gpu-build` (a GPU was
    asked for and the engine was built without CUDA), `engine.no-bf16`, `engine.no-int8`, `engine.wrong-precision`.
    """
    _known("engine", engine, ENGINES)
    _known("precision", precision, PRECISIONS)
    name, gpu, notes = _engine(entry, engine, device, can)
    notes = (*can.failed, *notes)
    if precision in ("bf16", "int8") and name != "openvino":
        raise OcrwebError("engine.wrong-precision", engine=name, precision=precision)
    if precision == "bf16" and not can.bf16:
        raise OcrwebError("engine.no-bf16")
    if precision == "int8" and copy is None:
        raise OcrwebError("engine.no-int8", name=entry.name)
    if precision == "f32":
        return Plan(name, "f32", gpu, (*notes, Note("f32-asked")))
    if name != "openvino":
        return Plan(name, "f32", gpu, notes)
    if precision == "bf16":
        return Plan(name, "bf16", gpu, (*notes, Note("bf16-asked")))
    if precision == "int8":
        return Plan(name, "int8", gpu, (*notes, Note("int8-asked")))
    fastest, why = _fastest(entry, can, copy)
    return Plan(name, fastest, gpu, (*notes, *why))


def _fastest(entry: ModelEntry, can: Abilities, copy: Int8Copy | None) -> tuple[Precision, tuple[Note, ...]]:
    """``auto`` on OpenVINO: int8 where it was measured here to be the quickest and as good, else bfloat16 where it is."""
    half = can.bf16 and entry.card.bf16
    floating: Precision = "bf16" if half else "f32"
    usual = Note("bf16-fast" if half else "f32-model" if can.bf16 else "f32-cpu")
    if copy is None:
        return floating, (usual,)
    if not copy.measured_here:
        return floating, (usual, Note("int8-elsewhere", {"name": entry.name}))
    if not copy.good:
        lost = round(100 * (copy.hmean["f32"] - copy.hmean["int8"]), 2)
        return floating, (usual, Note("int8-loses", {"points": lost}))
    beside = copy.times.get(floating, copy.times["f32"])
    share = round(copy.times["int8"] / beside, 2)
    if share >= 1:
        return floating, (usual, Note("int8-slower", {"share": share}))
    return "int8", (Note("int8-fast", {"share": share, "other": floating}),)


def _engine(
    entry: ModelEntry, engine: str, device: Device, can: Abilities
) -> tuple[EngineName, int | None, tuple[Note, ...]]:
    if entry.kind == "official":
        if engine not in ("auto", "paddle"):
            raise OcrwebError("engine.wrong-form", engine=engine, name=entry.name, engines="paddle")
        gpu = _gpu(device, can.paddle_cuda, "paddle")
        return "paddleocr", gpu, (Note("official"), *_fell_back(device, gpu, "Paddle", can))
    onnx = "onnx" in entry.files or "weights" in entry.files
    forms = (["openvino", "onnx"] if onnx else []) + (["paddle"] if "paddle" in entry.files else [])
    if engine != "auto" and engine not in forms:
        raise OcrwebError("engine.wrong-form", engine=engine, name=entry.name, engines=", ".join(forms))
    if engine == "paddle" or forms == ["paddle"]:
        gpu = _gpu(device, can.paddle_cuda, "paddle")
        note = Note("asked", {"engine": "Paddle"}) if engine == "paddle" else Note("paddle-only")
        return "paddle", gpu, (note, *_fell_back(device, gpu, "Paddle", can))
    if engine == "onnx":
        gpu = _gpu(device, can.onnx_cuda, "onnx")
        asked = Note("asked", {"engine": "ONNX Runtime"})
        return "onnx", gpu, (asked, *_fell_back(device, gpu, "ONNX Runtime", can))
    if engine == "openvino":
        if device.kind == "gpu" and device.reason == "asked":
            raise OcrwebError("engine.no-gpu-build", engine="OpenVINO")
        return "openvino", None, (Note("asked", {"engine": "OpenVINO"}),)
    return _best(forms, device, can)


def _best(forms: list[str], device: Device, can: Abilities) -> tuple[EngineName, int | None, tuple[Note, ...]]:
    """``auto`` for a model that is there as ONNX: CUDA when it works, else OpenVINO."""
    if device.kind == "gpu":
        if can.onnx_cuda:
            return "onnx", device.index, (Note("gpu-onnx", {"device": str(device)}),)
        if can.paddle_cuda and "paddle" in forms:
            return "paddle", device.index, (Note("gpu-paddle", {"device": str(device)}),)
        if device.reason == "asked":
            raise OcrwebError("engine.no-gpu-build", engine="ONNX Runtime")
        unused = () if can.failed else (Note("gpu-unused", {"device": str(device)}),)
        return "openvino", None, (*unused, Note("cpu-openvino"))
    return "openvino", None, (Note("cpu-openvino"),)


def _gpu(device: Device, has_cuda: bool, engine: str) -> int | None:
    """The GPU when there is one and the library can use it; asked for in vain is an error."""
    if device.kind == "gpu" and has_cuda:
        return device.index
    if device.kind == "gpu" and device.reason == "asked":
        raise OcrwebError("engine.no-gpu-build", engine=engine)
    return None


def _fell_back(device: Device, gpu: int | None, engine: str, can: Abilities) -> tuple[Note, ...]:
    """Why a GPU that is there is not used, unless a CUDA that failed says so already."""
    if device.kind != "gpu" or gpu is not None or can.failed:
        return ()
    return (Note("no-cuda-in", {"engine": engine, "device": str(device)}),)


def _known(setting: str, value: str, values: tuple[str, ...]) -> None:
    if value not in values:
        raise OcrwebError("usage.bad-value", name=setting, value=value, expected=", ".join(values))
