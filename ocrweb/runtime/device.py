"""Which device this machine offers and which one is used: the only place that decides it.

GPUs are seen through NVIDIA's management library, so that no framework is loaded to ask.
"""

from __future__ import annotations

import ctypes
import functools
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ocrweb import messages
from ocrweb.errors import OcrwebError
from ocrweb.runtime.paddle_env import GPU_ORDER, cpu_vendor, usable_cores

__all__ = [
    "Device",
    "Gpu",
    "Sighting",
    "choose_device",
    "cpu_name",
    "cpu_threads",
    "cpu_vendor",
    "decide",
    "has_bf16",
    "of_worker",
    "share_cores",
]

GIB = 2**30
NEEDED = GIB  # free GPU memory that detection asks for; training asks for more
BF16_FLAGS = {"avx512_bf16", "amx_bf16", "bf16"}
_sharing = 1  # processes


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU as frameworks number it (after CUDA_VISIBLE_DEVICES). Memory in bytes."""

    index: int
    name: str
    total: int
    free: int


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the driver says. driver: "ok", "absent" or "error" (then detail has its words)."""

    driver: Literal["ok", "absent", "error"]
    gpus: tuple[Gpu, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Device:
    """The chosen device.

    index: of the GPU, 0 for a CPU.
    reason: why, as the name of a sentence in messages text/engine (`because-…`), with its parameters in ``detail``.
    """

    kind: Literal["cpu", "gpu"]
    index: int
    name: str
    reason: str
    detail: str = ""

    def why(self, lang: str | None = None) -> str:
        """One sentence for people: why this device."""
        return messages.text(f"engine.because-{self.reason}", lang, detail=self.detail)

    def __str__(self) -> str:
        return f"GPU {self.index} {self.name}" if self.kind == "gpu" else "CPU"


def choose_device(requested: str = "auto", *, needed: int = NEEDED) -> Device:
    """The device to work on.

    requested: auto, cpu, gpu, or gpu:N for one certain GPU. needed: bytes of free GPU memory without which a GPU is not
    taken.

    Raises `engine.no-gpu` or `engine.gpu-full` when a GPU was asked for and none can be used; `usage.bad-value`.
    """
    return decide(requested, Sighting("absent") if requested == "cpu" else see_gpus(), needed=needed)


def decide(requested: str, seen: Sighting, *, needed: int = NEEDED) -> Device:
    """The decision as a function of what was asked for and what is there: the GPU with most free memory, else the CPU."""
    kind, colon, number = requested.partition(":")
    if kind not in {"auto", "cpu", "gpu"} or (colon and (kind != "gpu" or not number.isdigit())):
        raise OcrwebError("usage.bad-value", name="device", value=requested, expected="auto, cpu, gpu, gpu:N")
    if kind == "cpu":
        return _cpu("asked")
    gpus = [gpu for gpu in seen.gpus if not number or gpu.index == int(number)]
    best = max(gpus, key=lambda gpu: (gpu.free, -gpu.index), default=None)
    if best is not None and best.free >= needed:
        return Device("gpu", best.index, best.name, "asked" if kind == "gpu" else "gpu-free")
    reason = (
        "gpu-full"
        if best is not None
        else {"ok": "no-gpu", "absent": "no-driver", "error": "driver-error"}[seen.driver]
    )
    detail = f"{best.free / GIB:.1f} GiB < {needed / GIB:.1f} GiB" if best is not None else seen.detail
    if kind == "gpu":
        code = "engine.gpu-full" if best is not None else "engine.no-gpu"
        raise OcrwebError(code, reason=messages.Sentence(f"engine.because-{reason}", {"detail": detail}))
    return _cpu(reason, detail)


def of_worker(requested: str, gpus: float) -> tuple[int, str]:
    """The GPUs that each worker of a cluster asks for, 0 or 1, and what it is told to work on.

    gpus: of the whole cluster, as it counts them. A worker sees only the one that it was given, as its first; one without
    works on the CPU, so that not all workers of a machine take the same GPU. Raises `engine.no-gpu` when a GPU was asked
    for and no machine offers one; `usage.bad-value`.
    """
    if requested not in ("auto", "cpu", "gpu"):
        raise OcrwebError("usage.bad-value", name="device", value=requested, expected="auto, cpu, gpu")
    if requested == "cpu":
        return 0, "cpu"
    if gpus >= 1:
        return 1, requested
    if requested == "gpu":
        raise OcrwebError("engine.no-gpu", reason=messages.Sentence("engine.because-cluster-without-gpu"))
    return 0, "cpu"


def see_gpus() -> Sighting:
    """Ask the driver for the GPUs that this process may use, by the numbers that CUDA will know them by."""
    if not _has_driver():
        return Sighting("absent")
    import pynvml

    for name, value in GPU_ORDER.items():
        os.environ.setdefault(name, value)
    try:
        pynvml.nvmlInit()
    except (pynvml.NVMLError_LibraryNotFound, pynvml.NVMLError_DriverNotLoaded):
        return Sighting("absent")
    except pynvml.NVMLError as failure:
        return Sighting("error", detail=str(failure))
    try:
        handles = _visible(pynvml, os.environ.get("CUDA_VISIBLE_DEVICES"))
        return Sighting("ok", tuple(_gpu(pynvml, index, handle) for index, handle in enumerate(handles)))
    except pynvml.NVMLError as failure:
        return Sighting("error", detail=str(failure))
    finally:
        pynvml.nvmlShutdown()


def cpu_threads() -> int:
    """Threads a network should use here: physical cores within this process's affinity and container quota, and of these
    its part when it shares them (`share_cores`)."""
    return max(1, usable_cores() // _sharing)


def share_cores(processes: int) -> None:
    """This process is one of so many that run networks side by side."""
    global _sharing
    _sharing = max(1, processes)


def has_bf16(capabilities: list[str] | tuple[str, ...] | None = None) -> bool:
    """Whether this CPU computes in bfloat16 itself.

    capabilities: OpenVINO's OPTIMIZATION_CAPABILITIES of the CPU; asked for unless given. On Linux the processor's own
    flags must agree, because an emulated bfloat16 is slower than float32.
    """
    flags = _cpu_flags()
    if flags is not None and not flags & BF16_FLAGS:
        return False
    if capabilities is None:
        capabilities = _openvino_capabilities()
    return "BF16" in capabilities


def _has_driver() -> bool:
    """Whether NVIDIA's library can be loaded. Asked first on Linux: its Python face alone takes a first picture 40 ms."""
    if sys.platform != "linux":
        return True
    try:
        ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        return False
    return True


@functools.cache
def cpu_name() -> str:
    """The processor's model name; "" when unknown."""
    for line in _cpuinfo().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return ""


@functools.cache
def _openvino_capabilities() -> tuple[str, ...]:
    from ocrweb.runtime.engines.openvino import capabilities

    return capabilities()


def _cpu(reason: str, detail: str = "") -> Device:
    return Device("cpu", 0, cpu_name() or "CPU", reason, detail)


def _cpu_flags() -> set[str] | None:
    """Flags of the first processor, or None where the system does not list them."""
    for line in _cpuinfo().splitlines():
        if line.startswith(("flags", "Features")):
            return set(line.partition(":")[2].split())
    return None


@functools.cache
def _cpuinfo() -> str:
    try:
        return Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return ""


def _visible(nvml: Any, wanted: str | None) -> list[Any]:
    """Handles in the order frameworks number them. As in CUDA, the list ends at the first entry that names no GPU."""
    every = [nvml.nvmlDeviceGetHandleByIndex(index) for index in range(nvml.nvmlDeviceGetCount())]
    if wanted is None:
        return every
    chosen: list[Any] = []
    for entry in (part.strip() for part in wanted.split(",")):
        handle = _named(nvml, every, entry)
        if handle is None:
            break
        chosen.append(handle)
    return chosen


def _named(nvml: Any, every: list[Any], entry: str) -> Any | None:
    """The GPU of one CUDA_VISIBLE_DEVICES entry: an index, a UUID, or the start of one."""
    if entry.isdigit():
        return every[int(entry)] if int(entry) < len(every) else None
    if entry.startswith("MIG-"):
        return nvml.nvmlDeviceGetHandleByUUID(entry)
    if not entry.startswith("GPU-"):
        return None
    matches = [handle for handle in every if _words(nvml.nvmlDeviceGetUUID(handle)).startswith(entry)]
    return matches[0] if len(matches) == 1 else None


def _gpu(nvml: Any, index: int, handle: Any) -> Gpu:
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    return Gpu(index, _words(nvml.nvmlDeviceGetName(handle)), int(memory.total), int(memory.free))


def _words(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
