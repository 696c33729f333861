"""What the status bar shows: model and device in use, load, memory, versions, uptime."""

from __future__ import annotations

import dataclasses
import re
import threading
import time
from dataclasses import dataclass
from typing import Any

import psutil

from ocrweb import messages
from ocrweb.runtime.device import Gpu, see_gpus
from ocrweb.runtime.pool import loaded_detectors
from ocrweb.services.files.versions import versions

MIB, GIB = 2**20, 2**30
FRESH = 1.0  # seconds for which an answer is given again
GPU_FRESH = 5.0


def device_words(device: str, lang: str | None = None) -> str:
    """What an engine calls its device, such as ``CPU, OpenVINO bf16, 2 threads``, for a reader."""

    def threads(found: re.Match[str]) -> str:
        count = int(found[1])
        return messages.text("system.one-thread" if count == 1 else "system.threads", lang, count=count)

    return re.sub(r"\b(\d+) threads", threads, device)


@dataclass(frozen=True, slots=True)
class SystemStatus:
    """model, device: of the detector used last; None before one is loaded. Memory in bytes, cpu in percent of the
    whole machine, uptime in seconds of this process. gpus: empty without an NVIDIA driver."""

    model: str | None
    device: str | None
    cpu: float
    memory_used: int
    memory_total: int
    rss: int
    gpus: tuple[Gpu, ...]
    versions: dict[str, str]
    uptime: float

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    def words(self, lang: str | None = None) -> list[tuple[str, str]]:
        """Pairs of a label (may be empty) and a value, in the order of the status bar."""

        def label(name: str) -> str:
            return messages.text(f"system.{name}", lang)

        pairs = [
            (label("model"), self.model or label("none-yet")),
            (label("device"), device_words(self.device, lang) if self.device else label("none-yet")),
            ("CPU", f"{self.cpu:.0f}%"),
            (label("memory"), f"{self.memory_used / GIB:.1f}/{self.memory_total / GIB:.1f} GiB"),
            (label("console"), f"{self.rss / MIB:.0f} MiB"),
        ]
        for gpu in self.gpus:
            used = f"{(gpu.total - gpu.free) / GIB:.1f}/{gpu.total / GIB:.1f} GiB"
            pairs.append((f"GPU {gpu.index} {gpu.name}", used))
        pairs.append(("", f"ocrweb {self.versions['ocrweb']} · Python {self.versions['python']}"))
        pairs.append((label("uptime"), _duration(self.uptime)))
        return pairs


class _Cache:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.status: tuple[float, SystemStatus] | None = None
        self.gpus: tuple[float, tuple[Gpu, ...]] | None = None
        self.times = psutil.cpu_times()


_cache = _Cache()
_process = psutil.Process()


def status() -> SystemStatus:
    """The machine now; at most a second old, so that many open pages cost no more than one."""
    with _cache.lock:
        now = time.monotonic()
        if _cache.status is None or now - _cache.status[0] >= FRESH:
            _cache.status = (now, _read(now))
        return _cache.status[1]


def _read(now: float) -> SystemStatus:
    if _cache.gpus is None or now - _cache.gpus[0] >= GPU_FRESH:
        _cache.gpus = (now, see_gpus().gpus)
    memory = psutil.virtual_memory()
    loaded = loaded_detectors()
    return SystemStatus(
        model=loaded[-1].model if loaded else None,
        device=loaded[-1].device if loaded else None,
        cpu=_cpu_load(),
        memory_used=memory.total - memory.available,
        memory_total=memory.total,
        rss=_process.memory_info().rss,
        gpus=_cache.gpus[1],
        versions=versions(),
        uptime=time.time() - _process.create_time(),
    )


def _cpu_load() -> float:
    """Percent since the last call by any thread; psutil's own count starts anew in each thread, at 0."""
    before, now = _cache.times, psutil.cpu_times()
    passed = sum(now[:8]) - sum(before[:8])  # guest time, behind these, is part of user time
    if passed <= 0:
        return 0.0
    _cache.times = now
    resting = now.idle - before.idle + getattr(now, "iowait", 0.0) - getattr(before, "iowait", 0.0)
    return min(100.0, max(0.0, 100 * (1 - resting / passed)))


def _duration(seconds: float) -> str:
    minutes, left = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{left:02d}"
