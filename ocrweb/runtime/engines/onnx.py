"""ONNX Runtime: the CUDA provider on a GPU, the reference engine on a CPU."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.errors import OcrwebError
from ocrweb.runtime.engines.base import MULTIPLE
from ocrweb.runtime.engines.shapes import network_size, probabilities

CUDA = "CUDAExecutionProvider"


class OnnxEngine:
    """One session, shared by all threads.

    gpu: index of the GPU, or None for the CPU. Without a working CUDA provider the session runs on the CPU, and
    ``device`` and `on_gpu` say so.
    """

    name = "onnx"

    def __init__(self, path: Path, *, threads: int, gpu: int | None = None) -> None:
        import onnxruntime

        providers: list[Any] = ["CPUExecutionProvider"]
        if gpu is not None and CUDA in onnxruntime.get_available_providers():
            cuda = {
                "device_id": gpu,
                "arena_extend_strategy": "kSameAsRequested",
                "cudnn_conv_algo_search": "HEURISTIC",
            }
            providers.insert(0, (CUDA, cuda))
        try:
            self._session: Any = onnxruntime.InferenceSession(
                str(path), _options(onnxruntime, threads), providers=providers
            )
        except Exception as failure:  # ONNX Runtime's exceptions share no base class of their own
            raise OcrwebError("model.damaged", path=str(path), reason=_words(failure)) from failure
        self.on_gpu = self._session.get_providers()[0] == CUDA
        where = f"GPU {gpu}, ONNX Runtime CUDA" if self.on_gpu else f"CPU, ONNX Runtime f32, {threads} threads"
        self.device = where
        shapes = [
            [side if isinstance(side, int) else None for side in port.shape] for port in self._session.get_inputs()
        ]
        self.fixed_size = network_size(shapes, path)
        self._input = self._session.get_inputs()[0].name
        self._output = self._session.get_outputs()[0].name
        self.run(np.zeros((1, 3, *(self.fixed_size or (MULTIPLE, MULTIPLE))), np.float32))

    def run(self, batch: np.ndarray) -> np.ndarray:
        try:
            (output,) = self._session.run([self._output], {self._input: batch})
        except Exception as failure:  # as above
            raise OcrwebError("engine.run-failed", engine="ONNX Runtime", reason=_words(failure)) from failure
        return probabilities(output, batch.shape)

    def close(self) -> None:
        self._session = None


def cuda_provider() -> bool:
    """Whether the installed ONNX Runtime was built with CUDA."""
    import onnxruntime

    return CUDA in onnxruntime.get_available_providers()


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
