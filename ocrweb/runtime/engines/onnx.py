"""ONNX Runtime: the CUDA provider on a GPU, the reference engine on a CPU."""

from __future__ import annotations

import contextlib
import functools
import io
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence
from ocrweb.runtime.engines.base import MULTIPLE
from ocrweb.runtime.engines.gpu import first_run, gpu_failed
from ocrweb.runtime.engines.shapes import network_size, probabilities

CUDA = "CUDAExecutionProvider"
LIBRARY = "ONNX Runtime"


class OnnxEngine:
    """One session, shared by all threads. gpu: index of the GPU, or None for the CPU."""

    name = "onnx"

    def __init__(self, path: Path, *, threads: int, gpu: int | None = None) -> None:
        import onnxruntime

        not_found = "" if gpu is None else _load_cuda_libraries()
        try:
            self._session: Any = onnxruntime.InferenceSession(
                str(path),
                _options(onnxruntime, threads),
                providers=_providers(gpu),
                enable_fallback=0,  # its own way back to the CPU prints to stdout and says nothing to the caller
            )
        except Exception as failure:  # ONNX Runtime's exceptions share no base class of their own
            if gpu is not None:
                raise gpu_failed(LIBRARY, _words(failure)) from failure
            raise OcrwebError("model.damaged", path=str(path), reason=_words(failure)) from failure
        if gpu is not None and self._session.get_providers()[0] != CUDA:  # a provider that cannot be loaded is left out
            raise gpu_failed(LIBRARY, not_found or Sentence("engine.cuda-not-loaded"))
        self.device = f"CPU, ONNX Runtime f32, {threads} threads" if gpu is None else f"GPU {gpu}, ONNX Runtime CUDA"
        shapes = [
            [side if isinstance(side, int) else None for side in port.shape] for port in self._session.get_inputs()
        ]
        self.fixed_size = network_size(shapes, path)
        self._input = self._session.get_inputs()[0].name
        self._output = self._session.get_outputs()[0].name
        self._running: set[Any] = set()
        with first_run(gpu):
            self.run(np.zeros((1, 3, *(self.fixed_size or (MULTIPLE, MULTIPLE))), np.float32))

    def run(self, batch: np.ndarray) -> np.ndarray:
        import onnxruntime

        control = onnxruntime.RunOptions()
        self._running.add(control)
        try:
            (output,) = self._session.run([self._output], {self._input: batch}, control)
        except Exception as failure:  # as above
            raise OcrwebError("engine.run-failed", engine=LIBRARY, reason=_words(failure)) from failure
        finally:
            self._running.discard(control)
        return probabilities(output, batch.shape)

    def interrupt(self) -> None:
        for control in tuple(self._running):
            control.terminate = True

    def close(self) -> None:
        self._session = None


def cuda_provider() -> bool:
    """Whether the installed ONNX Runtime was built with CUDA."""
    import onnxruntime

    return CUDA in onnxruntime.get_available_providers()


def _providers(gpu: int | None) -> list[Any]:
    if gpu is None:
        return ["CPUExecutionProvider"]
    cuda = {"device_id": gpu, "arena_extend_strategy": "kSameAsRequested", "cudnn_conv_algo_search": "HEURISTIC"}
    return [(CUDA, cuda), "CPUExecutionProvider"]


@functools.cache
def _load_cuda_libraries() -> str:
    """Load what pip put under site-packages/nvidia, where the CUDA provider does not look; once a process.

    Returns the first library that could not be loaded and why, as ONNX Runtime prints it, else "". Versions without
    `preload_dlls` load nothing.
    """
    import onnxruntime

    if not hasattr(onnxruntime, "preload_dlls"):
        return ""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        onnxruntime.preload_dlls()
    lines = [line.strip() for line in printed.getvalue().splitlines() if line.strip()]
    return lines[0][:200] if lines else ""


def _options(onnxruntime: Any, threads: int) -> Any:
    """All cores for one picture, no thread that spins afterwards, no arena that only grows with every new shape."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _words(failure: BaseException) -> str:
    return " ".join(str(failure).split())[:200]
