"""Paddle inference: GPU, or CPU with oneDNN. Paddle is imported when the first such engine is made."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.errors import OcrwebError
from ocrweb.runtime.engines.shapes import probabilities
from ocrweb.runtime.paddle_env import machine_environment

PROGRAMS = ("inference.json", "inference.pdmodel")  # Paddle 3 writes the first, Paddle 2 the second
SHAPES_KEPT = 10  # oneDNN keeps compiled operations of this many shapes; unbounded its memory grows
GPU_MEMORY_MIB = 500  # first slice of GPU memory; it grows when needed


class PaddleEngine:
    """A predictor of an inference folder. Runs are one at a time: a predictor has one set of input handles."""

    name = "paddle"
    fixed_size: tuple[int, int] | None = None

    def __init__(self, folder: Path, *, threads: int, gpu: int | None = None) -> None:
        program = program_of(folder)
        os.environ.update(machine_environment())
        try:
            from paddle import inference
        except ImportError as failure:
            raise OcrwebError("engine.not-installed", engine="paddle", reason=str(failure)) from failure
        config = inference.Config(str(program), str(folder / "inference.pdiparams"))
        if gpu is None:
            config.disable_gpu()
            config.set_cpu_math_library_num_threads(threads)
            config.enable_mkldnn()
            config.set_mkldnn_cache_capacity(SHAPES_KEPT)
            self.device = f"CPU, Paddle f32, {threads} threads"
        else:
            config.enable_use_gpu(GPU_MEMORY_MIB, gpu)
            self.device = f"GPU {gpu}, Paddle"
        config.enable_new_ir(True)
        config.enable_new_executor()
        config.disable_glog_info()
        config.enable_memory_optim()
        self._lock = threading.Lock()
        try:
            self._predictor: Any = inference.create_predictor(config)
        except (RuntimeError, ValueError, OSError) as failure:
            raise OcrwebError("model.damaged", path=str(folder), reason=_words(failure)) from failure
        if len(self._predictor.get_input_names()) != 1:
            raise OcrwebError("model.not-a-detector", path=str(folder), found=str(self._predictor.get_input_names()))

    def run(self, batch: np.ndarray) -> np.ndarray:
        with self._lock:
            handle = self._predictor.get_input_handle(self._predictor.get_input_names()[0])
            handle.reshape(batch.shape)
            handle.copy_from_cpu(batch)
            try:
                self._predictor.run()
            except (RuntimeError, ValueError, OSError, MemoryError) as failure:
                raise OcrwebError("engine.run-failed", engine="Paddle", reason=_words(failure)) from failure
            output = self._predictor.get_output_handle(self._predictor.get_output_names()[0]).copy_to_cpu()
        return probabilities(output, batch.shape)

    def close(self) -> None:
        self._predictor = None


def program_of(folder: Path) -> Path:
    """The program file of an inference folder; raises `model.damaged` when the folder lacks it or its weights."""
    for name in PROGRAMS:
        if (folder / name).is_file() and (folder / "inference.pdiparams").is_file():
            return folder / name
    raise OcrwebError("model.damaged", path=str(folder), reason=" / ".join((*PROGRAMS, "inference.pdiparams")))


def _words(failure: BaseException) -> str:
    lines = [line.strip() for line in str(failure).splitlines() if line.strip() and not line.startswith("-")]
    return (lines[-1] if lines else type(failure).__name__)[:200]
