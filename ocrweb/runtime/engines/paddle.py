"""Paddle inference: GPU, or CPU with oneDNN. Paddle is imported when the first such engine is made."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence
from ocrweb.runtime.engines.base import MULTIPLE
from ocrweb.runtime.engines.gpu import first_run, gpu_failed
from ocrweb.runtime.engines.shapes import probabilities
from ocrweb.runtime.paddle_env import machine_environment

PROGRAMS = ("inference.json", "inference.pdmodel")  # Paddle 3 writes the first, Paddle 2 the second
SHAPES_KEPT = 10  # oneDNN keeps compiled operations of this many shapes; unbounded its memory grows
GPU_MEMORY_MIB = 500  # first slice of GPU memory; it grows when needed
# What Paddle's C++ errors become in Python; a call of CUDA or cuDNN that fails becomes an OSError.
FAILURES = (RuntimeError, ValueError, OSError, MemoryError, IndexError, SystemError)


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
        if gpu is not None:
            check_gpu(gpu)
        self.device = f"CPU, Paddle f32, {threads} threads" if gpu is None else f"GPU {gpu}, Paddle"
        self._lock = threading.Lock()
        try:
            self._predictor: Any = inference.create_predictor(_config(inference, program, threads, gpu))
        except FAILURES as failure:
            if gpu is not None:
                raise gpu_failed("Paddle", words(failure)) from failure
            raise OcrwebError("model.damaged", path=str(folder), reason=words(failure)) from failure
        if len(self._predictor.get_input_names()) != 1:
            raise OcrwebError("model.not-a-detector", path=str(folder), found=str(self._predictor.get_input_names()))
        if gpu is not None:
            with first_run(gpu):
                self.run(np.zeros((1, 3, MULTIPLE, MULTIPLE), np.float32))

    def run(self, batch: np.ndarray) -> np.ndarray:
        return run_alone(self._answer, batch, self._lock, "Paddle")

    def interrupt(self) -> None:
        """Paddle has no means of it."""

    def close(self) -> None:
        self._predictor = None

    def _answer(self, batch: np.ndarray) -> np.ndarray:
        """The network's output. On a GPU every step can fail: copies wait for the device and meet its errors."""
        handle = self._predictor.get_input_handle(self._predictor.get_input_names()[0])
        handle.reshape(batch.shape)
        handle.copy_from_cpu(batch)
        self._predictor.run()
        return self._predictor.get_output_handle(self._predictor.get_output_names()[0]).copy_to_cpu()


def run_alone(network: Callable[[np.ndarray], Any], batch: np.ndarray, lock: threading.Lock, engine: str) -> np.ndarray:
    """What `Engine.run` promises, by a network of Paddle that one thread at a time may use. engine: its name for people."""
    try:
        with lock:
            output = network(batch)
    except FAILURES as failure:
        raise OcrwebError("engine.run-failed", engine=engine, reason=words(failure)) from failure
    return probabilities(np.asarray(output), batch.shape)


def program_of(folder: Path) -> Path:
    """The program file of an inference folder; raises `model.damaged` when the folder lacks it or its weights."""
    for name in PROGRAMS:
        if (folder / name).is_file() and (folder / "inference.pdiparams").is_file():
            return folder / name
    raise OcrwebError("model.damaged", path=str(folder), reason=" / ".join((*PROGRAMS, "inference.pdiparams")))


def check_gpu(gpu: int) -> None:
    """Raise `engine.gpu-failed` for a GPU that Paddle's CUDA does not show: touching it could end the process."""
    import paddle

    if not paddle.is_compiled_with_cuda():
        raise gpu_failed("Paddle", Sentence("engine.built-without-cuda"))
    usable = paddle.device.cuda.device_count()
    if gpu >= usable:
        raise gpu_failed("Paddle", Sentence("engine.cuda-shows", {"count": usable}))


def _config(inference: Any, program: Path, threads: int, gpu: int | None) -> Any:
    config = inference.Config(str(program), str(program.with_name("inference.pdiparams")))
    if gpu is None:
        config.disable_gpu()
        config.set_cpu_math_library_num_threads(threads)
        config.enable_mkldnn()
        config.set_mkldnn_cache_capacity(SHAPES_KEPT)
    else:
        config.enable_use_gpu(GPU_MEMORY_MIB, gpu)
    config.enable_new_ir(True)
    config.enable_new_executor()
    config.disable_glog_info()
    config.enable_memory_optim()
    return config


def words(failure: BaseException) -> str:
    """The line of a Paddle error that says what happened, without the C++ call stack around it."""
    lines = [line.strip() for line in str(failure).splitlines() if line.strip() and not line.startswith("-")]
    return (lines[-1] if lines else type(failure).__name__)[:200]
