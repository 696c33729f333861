"""CUDA builds of ONNX Runtime and Paddle that work or fail in a chosen way, without a GPU."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnxruntime
import pytest

CUDA = "CUDAExecutionProvider"


class FakeOnnxRuntime:
    """ONNX Runtime with a CUDA provider that really computes on the CPU.

    fault: where CUDA fails: "load" (the provider is left out), "create", "run", or None. printed: what `preload_dlls`
    prints. preloads: how often it was called.
    """

    def __init__(self, fault: str | None = None, printed: str = "") -> None:
        self.fault, self.printed, self.preloads = fault, printed, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(onnxruntime, name)

    def get_available_providers(self) -> list[str]:
        return [CUDA, "CPUExecutionProvider"]

    def preload_dlls(self) -> None:
        self.preloads += 1
        print(self.printed)

    def InferenceSession(self, path: str, options: Any, *, providers: list[Any], enable_fallback: int) -> Any:
        assert enable_fallback == 0
        session = onnxruntime.InferenceSession(path, options, ["CPUExecutionProvider"], enable_fallback=0)
        if len(providers) == 1 or self.fault == "load":
            return session
        if self.fault == "create":
            raise RuntimeError("CUDA failure 35: driver too old")
        return FakeCudaSession(session, self.fault)


class FakeCudaSession:
    def __init__(self, session: Any, fault: str | None) -> None:
        self._session, self._fault = session, fault

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def get_providers(self) -> list[str]:
        return [CUDA, "CPUExecutionProvider"]

    def run(self, *arguments: Any) -> Any:
        if self._fault == "run":
            raise RuntimeError("cuDNN was not found")
        return self._session.run(*arguments)


class FakePaddle:
    """`paddle.inference` of a network that answers the first channel.

    faults: names of calls that raise Paddle's error of a CUDA call: "create", "copy_from_cpu", "run", "copy_to_cpu";
    only those of a predictor on the GPU unless ``everywhere``. built: with CUDA. shown: GPUs that its CUDA shows.
    """

    def __init__(self, *faults: str, built: bool = True, shown: int = 2, everywhere: bool = False) -> None:
        self.faults, self.everywhere = set(faults), everywhere
        self.is_compiled_with_cuda = lambda: built
        self.device = SimpleNamespace(cuda=SimpleNamespace(device_count=lambda: shown))
        self.inference = SimpleNamespace(Config=lambda *files: FakeConfig(), create_predictor=self.create_predictor)

    def create_predictor(self, config: FakeConfig) -> FakePredictor:
        predictor = FakePredictor(self, config.gpu)
        predictor.fail("create")
        return predictor


class FakeConfig:
    gpu = False

    def enable_use_gpu(self, memory: int, index: int) -> None:
        self.gpu = True

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: None


class FakePredictor:
    def __init__(self, paddle: FakePaddle, gpu: bool) -> None:
        self.paddle, self.gpu = paddle, gpu
        self.batch = np.zeros(0)

    def fail(self, call: str) -> None:
        if call in self.paddle.faults and (self.gpu or self.paddle.everywhere):
            raise OSError("---\n(External) CUDA error(719), unspecified launch failure.")

    def get_input_names(self) -> list[str]:
        return ["x"]

    get_output_names = get_input_names

    def get_input_handle(self, name: str) -> FakePredictor:
        return self

    get_output_handle = get_input_handle

    def reshape(self, shape: tuple[int, ...]) -> None:
        pass

    def copy_from_cpu(self, batch: np.ndarray) -> None:
        self.fail("copy_from_cpu")
        self.batch = batch

    def run(self) -> None:
        self.fail("run")

    def copy_to_cpu(self) -> np.ndarray:
        self.fail("copy_to_cpu")
        return self.batch[:, :1]


def install(monkeypatch: pytest.MonkeyPatch, name: str, library: Any) -> Any:
    """Let ``import name`` find the fake."""
    monkeypatch.setitem(sys.modules, name, library)
    return library


def paddle_folder(folder: Path) -> Path:
    """A folder that looks like a Paddle inference folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("inference.json", "inference.pdiparams"):
        (folder / name).write_text("{}", encoding="utf-8")
    return folder
