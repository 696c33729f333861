"""OpenVINO on the CPU: the fastest engine there, in float32 and in bfloat16."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.runtime.cache import prune
from ocrweb.runtime.engines.base import MOST_STREAMS, MULTIPLE
from ocrweb.runtime.engines.shapes import network_size, probabilities

PRIMITIVES_KEPT = 0  # operations kept for shapes met before: saved 2 % of a run, and grew a console by a fifth

BESIDE_KEPT = 60.0  # seconds without pictures beside each other after which their network is let go


class OpenVinoEngine:
    """A compiled network of dynamic shape, and another for pictures that come beside each other.

    A shape not met before costs a fifth of a run more, once. Padding to a few shapes instead is seen by networks with
    global pooling (PP-OCRv6 on street pictures: hmean 0.40 → 0.37). Networks compiled for one shape are 14 % faster in
    f32, but take longer to compile than ten runs save, and their maps are not the same to the last bit.
    threads: cores that work. streams: pictures worked on at the same time, sharing those cores; 1 answers one picture
    soonest, more answer many pictures sooner. With 1 a picture alone has all cores; once two came at the same time the
    network is compiled with a stream for each core too, and whoever comes beside another is answered there: the maps are
    the same. That one is let go after `BESIDE_KEPT` seconds without such pictures, and compiled again for the next.
    label: of the precision, where the network itself has another.
    """

    name = "openvino"

    def __init__(self, path: Path, *, precision: str, threads: int, streams: int = 1, label: str = "") -> None:
        self.device = f"CPU, OpenVINO {label or precision}, {threads} threads"
        self._path, self._precision, self._threads = path, precision, threads
        self._stamp = _stamp(path)
        self._network = self._compiled(streams)
        self.fixed_size = network_size([_sides(port) for port in self._network.inputs], path)
        self._beside: _Network | None = None
        self._may_grow = streams == 1 < threads
        self._lock, self._busy, self._beside_used = threading.Lock(), 0, 0.0
        self._closed = threading.Event()
        self.run(np.zeros((1, 3, *(self.fixed_size or (MULTIPLE, MULTIPLE))), np.float32))

    def run(self, batch: np.ndarray) -> np.ndarray:
        with self._taken() as network:
            try:
                return network.run(batch)
            except RuntimeError as failure:
                raise OcrwebError("engine.run-failed", engine="OpenVINO", reason=last_line(failure)) from failure

    def interrupt(self) -> None:
        """Between two operations only: one that never ends holds its thread for good."""
        for network in (self._network, self._beside):
            if network is not None:
                network.cancel()

    def close(self) -> None:
        self._closed.set()
        with self._lock:
            self._may_grow, self._beside = False, None
        self._network.close()

    @contextlib.contextmanager
    def _taken(self) -> Iterator[_Network]:
        """The network for one run: all cores for a picture alone, a core for one beside others."""
        with self._lock:
            alone, self._busy = self._busy == 0, self._busy + 1
            grows = self._may_grow and not alone
            self._may_grow = self._may_grow and not grows
            network = self._network if alone or self._beside is None else self._beside
            if network is self._beside:
                self._beside_used = time.monotonic()
        if grows:
            threading.Thread(target=self._grow, name="network beside").start()
        try:
            yield network
        finally:
            with self._lock:
                self._busy -= 1

    def _grow(self) -> None:
        """Pictures go on in the first network meanwhile, and for good where the file has become another one since."""
        if _stamp(self._path) != self._stamp:
            return
        with contextlib.suppress(OcrwebError, RuntimeError):  # no memory for a second one, say
            beside = self._compiled(min(self._threads, MOST_STREAMS))
            beside.run(np.zeros((1, 3, *(self.fixed_size or (MULTIPLE, MULTIPLE))), np.float32))
            with self._lock:
                if _stamp(self._path) != self._stamp or self._closed.is_set():
                    return
                self._beside, self._beside_used = beside, time.monotonic()
            closed = self._closed
            known = weakref.ref(self, lambda gone: closed.set())
            threading.Thread(target=_watch, args=(known, closed), name="idle network", daemon=True).start()

    def _let_go(self) -> float:
        """Free the network beside when it has not been used for long; seconds until that may be so, 0 when it is gone."""
        with self._lock:
            left = self._beside_used + BESIDE_KEPT - time.monotonic()
            if left <= 0:
                self._may_grow, self._beside = not self._closed.is_set(), None
            return max(0.0, left)

    def _compiled(self, streams: int) -> _Network:
        options = {
            "INFERENCE_PRECISION_HINT": self._precision,
            "INFERENCE_NUM_THREADS": self._threads,
            "NUM_STREAMS": streams,
            "ENABLE_CPU_PINNING": False,  # a pinned thread waits for its core when training or another program has it
            "CPU_RUNTIME_CACHE_CAPACITY": PRIMITIVES_KEPT,
        }
        try:
            return _Network(_compile(_core(), self._path, options), streams)
        except RuntimeError as failure:
            raise OcrwebError("model.damaged", path=str(self._path), reason=last_line(failure)) from failure


def _watch(engine: weakref.ref[OpenVinoEngine], closed: threading.Event) -> None:
    """Until the network beside is let go, or nobody has the engine any more."""
    left = BESIDE_KEPT
    while not closed.wait(left):
        held = engine()
        left = held._let_go() if held is not None else 0.0
        del held
        if not left:
            return


class _Network:
    """One compiled network and a few infer requests, one a running thread."""

    def __init__(self, compiled: Any, requests: int) -> None:
        self.compiled = compiled
        self._requests: queue.LifoQueue[Any] = queue.LifoQueue()
        self._running: set[Any] = set()
        for _ in range(requests):
            self._requests.put(compiled.create_infer_request())

    @property
    def inputs(self) -> Any:
        return self.compiled.inputs

    def run(self, batch: np.ndarray) -> np.ndarray:
        request = self._requests.get()
        self._running.add(request)
        try:
            request.infer({0: batch}, share_inputs=True)
            return probabilities(request.get_output_tensor(0).data, batch.shape, copy=True)
        finally:
            self._running.discard(request)
            self._requests.put(request)

    def cancel(self) -> None:
        for request in tuple(self._running):
            request.cancel()

    def close(self) -> None:
        self._requests = queue.LifoQueue()
        self.compiled = None


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """Changes when the file is replaced."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_ino, state.st_mtime_ns, state.st_size


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
