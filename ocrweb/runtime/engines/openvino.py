"""OpenVINO on the CPU: the fastest engine there, in float32 and in bfloat16."""

from __future__ import annotations

import os
import queue
import threading
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.runtime.cache import prune
from ocrweb.runtime.engines.base import MULTIPLE
from ocrweb.runtime.engines.shapes import network_size, probabilities

PRIMITIVES_KEPT = 0  # operations kept for shapes met before: saved 2 % of a run, and grew a console by a fifth


class OpenVinoEngine:
    """One compiled network of dynamic shape and a few infer requests, one a running thread.

    A shape not met before costs a fifth of a run more, once. Padding to a few shapes instead is seen by networks with
    global pooling (PP-OCRv6 on street pictures: hmean 0.40 → 0.37). Networks compiled for one shape are 14 % faster in
    f32, but take longer to compile than ten runs save, and their maps are not the same to the last bit.
    threads: cores that work. streams: pictures worked on at the same time, sharing those cores; 1 answers one picture
    soonest, more answer many pictures sooner. label: of the precision, where the network itself has another.
    """

    name = "openvino"

    def __init__(self, path: Path, *, precision: str, threads: int, streams: int = 1, label: str = "") -> None:
        self.device = f"CPU, OpenVINO {label or precision}, {threads} threads"
        core = _core()
        options = {
            "INFERENCE_PRECISION_HINT": precision,
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": streams,
            "ENABLE_CPU_PINNING": False,  # a pinned thread waits for its core when training or another program has it
            "CPU_RUNTIME_CACHE_CAPACITY": PRIMITIVES_KEPT,
        }
        try:
            self._network: Any = _compile(core, path, options)
        except RuntimeError as failure:
            raise OcrwebError("model.damaged", path=str(path), reason=last_line(failure)) from failure
        self.fixed_size = network_size([_sides(port) for port in self._network.inputs], path)
        self._requests: queue.LifoQueue[Any] = queue.LifoQueue()
        self._running: set[Any] = set()
        for _ in range(streams):
            self._requests.put(self._network.create_infer_request())
        self.run(np.zeros((1, 3, *(self.fixed_size or (MULTIPLE, MULTIPLE))), np.float32))

    def run(self, batch: np.ndarray) -> np.ndarray:
        request = self._requests.get()
        self._running.add(request)
        try:
            request.infer({0: batch}, share_inputs=True)
            return probabilities(request.get_output_tensor(0).data, batch.shape, copy=True)
        except RuntimeError as failure:
            raise OcrwebError("engine.run-failed", engine="OpenVINO", reason=last_line(failure)) from failure
        finally:
            self._running.discard(request)
            self._requests.put(request)

    def interrupt(self) -> None:
        """Between two operations only: one that never ends holds its thread for good."""
        for request in tuple(self._running):
            request.cancel()

    def close(self) -> None:
        self._requests = queue.LifoQueue()
        self._network = None


def _sides(port: Any) -> list[int | None]:
    return [side.get_length() if side.is_static else None for side in port.partial_shape]


def capabilities() -> tuple[str, ...]:
    """What OpenVINO can compute with on this CPU, e.g. ("BF16", "FP32", "INT8")."""
    return tuple(_core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"))


def last_line(failure: BaseException) -> str:
    """The last line a library wrote about its failure: the earlier ones are its source files."""
    lines = [line.strip() for line in str(failure).splitlines() if line.strip()]
    return lines[-1][:200] if lines else type(failure).__name__


_lock = threading.Lock()
_cores: list[Any] = []


def _core() -> Any:
    """The one Core of this process."""
    with _lock:
        if not _cores:
            import openvino

            _cores.append(openvino.Core())
        return _cores[0]


def _compile(core: Any, path: Path, options: dict[str, Any]) -> Any:
    """Compile with the cache folder when it can be written: the second start takes half the time. A folder that is no
    data root yet is not made one by a look at a picture.

    The network is read first, so that the cache knows it by its content; by its path alone a file that was replaced
    within the same second would bring back the old network.
    """
    network = core.read_model(str(path))
    folder = paths.private_dir() / "openvino"
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return core.compile_model(network, "CPU", options)
    if not os.access(folder, os.W_OK):
        return core.compile_model(network, "CPU", options)
    prune(folder, "*.blob")
    try:
        return core.compile_model(network, "CPU", {**options, "CACHE_DIR": str(folder)})
    except RuntimeError:  # a damaged cache entry, or a full disk
        return core.compile_model(network, "CPU", options)
