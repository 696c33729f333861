"""A GPU that does not work is told, never silently replaced when it was asked for, and never blamed for a broken file."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from onnxruntime.capi import onnxruntime_pybind11_state as native

from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.device import Device
from ocrweb.runtime.engines import load, official, onnx, paddle
from ocrweb.runtime.engines.choose import Abilities
from ocrweb.runtime.engines.load import Loaded, load_engine
from ocrweb.runtime.entry import ModelEntry
from tests.runtime.cuda import FakeOnnxRuntime, FakePaddle, install, paddle_folder
from tests.runtime.networks import save_brightness

FREE, ASKED = Device("gpu", 1, "H100", "gpu-free"), Device("gpu", 1, "H100", "asked")
FAULTS = ["load", "create", "run"]


@pytest.fixture(autouse=True)
def _machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Both libraries were built with CUDA, and the CPU computes in bfloat16 as far as planning goes."""
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(load, "abilities", lambda: Abilities(bf16=True, onnx_cuda=True, paddle_cuda=True))
    monkeypatch.setattr(paddle, "machine_environment", dict)
    monkeypatch.setattr(official, "machine_environment", dict)
    onnx._load_cuda_libraries.cache_clear()
    yield
    onnx._load_cuda_libraries.cache_clear()


def model(folder: Path, *, bf16: bool = False, with_paddle: bool = False) -> ModelEntry:
    files: dict[Any, Path] = {"onnx": save_brightness(folder / "m.onnx")}
    if with_paddle:
        files["paddle"] = paddle_folder(folder / "paddle")
    return ModelEntry("m", "file", ModelCard(name="m", bf16=bf16), files)


def keys(loaded: Loaded) -> list[str]:
    return [note.key for note in loaded.notes]


def refused(*arguments: Any) -> OcrwebError:
    with pytest.raises(OcrwebError) as caught:
        load_engine(*arguments)
    return caught.value


def test_cuda_that_works_is_used_and_its_libraries_are_loaded_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    library = install(monkeypatch, "onnxruntime", FakeOnnxRuntime(printed="Failed to load libnvrtc.so.12"))
    for _ in range(2):
        loaded = load_engine(model(tmp_path), device=FREE)
        assert (loaded.engine.device, keys(loaded)) == ("GPU 1, ONNX Runtime CUDA", ["gpu-onnx"])
    assert library.preloads == 1
    assert capsys.readouterr().out == ""


def test_an_onnx_runtime_that_cannot_preload_is_used_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("onnxruntime.preload_dlls")
    monkeypatch.delattr(FakeOnnxRuntime, "preload_dlls")
    install(monkeypatch, "onnxruntime", FakeOnnxRuntime())
    assert load_engine(model(tmp_path), device=FREE).engine.device == "GPU 1, ONNX Runtime CUDA"


def test_on_the_cpu_no_cuda_library_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = install(monkeypatch, "onnxruntime", FakeOnnxRuntime())
    load_engine(model(tmp_path), "onnx", device="cpu")
    assert library.preloads == 0


@pytest.mark.parametrize("bf16", [False, True])
@pytest.mark.parametrize("fault", FAULTS)
def test_auto_goes_on_as_on_a_machine_without_cuda(
    fault: str, bf16: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(
        "ocrweb.runtime.engines.openvino.OpenVinoEngine",
        lambda path, precision, **rest: opened.append(precision) or SimpleNamespace(name="openvino"),
    )
    install(monkeypatch, "onnxruntime", FakeOnnxRuntime(fault))
    loaded = load_engine(model(tmp_path, bf16=bf16), device=FREE)
    assert opened == ["bf16" if bf16 else "f32"]
    assert keys(loaded) == ["cuda-failed", "cpu-openvino", "bf16-fast" if bf16 else "f32-model"]
    assert "ONNX Runtime could not be started on the GPU" in loaded.why("en")
    assert loaded.why("en") != loaded.why("zh")
    assert capsys.readouterr().out == ""


def test_onnx_runtime_asked_for_goes_on_on_the_cpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "onnxruntime", FakeOnnxRuntime("run"))
    loaded = load_engine(model(tmp_path), "onnx", device=FREE)
    assert loaded.engine.device.startswith("CPU, ONNX Runtime")
    assert keys(loaded) == ["cuda-failed", "asked"]


@pytest.mark.parametrize("engine", ["auto", "onnx"])
@pytest.mark.parametrize(
    ("fault", "reason"),
    [("load", "libcudnn.so.9: cannot open"), ("create", "driver too old"), ("run", "cuDNN was not found")],
)
def test_a_gpu_asked_for_in_vain_is_an_error_with_the_reason(
    fault: str,
    reason: str,
    engine: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    printed = "Failed to load libcudnn.so.9: libcudnn.so.9: cannot open shared object file\nPlease follow …"
    install(monkeypatch, "onnxruntime", FakeOnnxRuntime(fault, printed))
    error = refused(model(tmp_path), engine, "auto", ASKED)
    assert error.code == "engine.gpu-failed"
    for lang in ("en", "zh"):
        assert reason in error.message(lang)
        assert "ocrweb doctor" in error.hint(lang)
    assert capsys.readouterr().out == ""


def test_a_provider_left_out_without_a_word_still_has_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "onnxruntime", FakeOnnxRuntime("load"))
    error = refused(model(tmp_path), "auto", "auto", ASKED)
    assert "CUDA provider" in error.message("en")
    assert "CUDA 执行组件" in error.message("zh")


@pytest.mark.parametrize("fault", [None, *FAULTS])
@pytest.mark.parametrize("device", [FREE, ASKED, "cpu"], ids=["auto", "asked", "cpu"])
@pytest.mark.parametrize("engine", ["auto", "onnx"])
def test_a_damaged_file_is_the_files_fault_on_every_path(
    engine: str,
    device: Device | str,
    fault: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    install(monkeypatch, "onnxruntime", FakeOnnxRuntime(fault))
    entry = model(tmp_path)
    entry.files["onnx"].write_bytes(b"not a network" * 40)
    assert refused(entry, engine, "auto", device).code == "model.damaged"
    assert capsys.readouterr().out == ""


def test_a_network_that_is_no_detector_is_not_blamed_on_the_gpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, "onnxruntime", FakeOnnxRuntime())
    entry = model(tmp_path)
    save_brightness(entry.files["onnx"], stride=2)
    assert refused(entry, "auto", "auto", ASKED).code == "engine.wrong-output"


class FailingSession:
    """ONNX Runtime's native session, whose provider fails in every run."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def run(self, *_: Any) -> None:
        raise native.EPFail("CUDA error 700")


def test_a_provider_that_fails_later_is_an_error_and_prints_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """ONNX Runtime's own Python would print, change the session to the CPU and run again."""
    engine = onnx.OnnxEngine(save_brightness(tmp_path / "m.onnx"), threads=1)

    monkeypatch.setattr(engine._session, "_sess", FailingSession(engine._session._sess))
    with pytest.raises(OcrwebError, match="CUDA error 700") as caught:
        engine.run(np.zeros((1, 3, 32, 32), np.float32))
    assert caught.value.code == "engine.run-failed"
    assert capsys.readouterr().out == ""


def test_paddle_takes_over_on_the_gpu_when_it_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "onnxruntime", FakeOnnxRuntime("run"))
    install(monkeypatch, "paddle", FakePaddle())
    loaded = load_engine(model(tmp_path, with_paddle=True), device=FREE)
    assert (loaded.engine.device, keys(loaded)) == ("GPU 1, Paddle", ["cuda-failed", "gpu-paddle"])


def test_both_failures_are_told_when_no_library_starts_on_the_gpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, "onnxruntime", FakeOnnxRuntime("run"))
    install(monkeypatch, "paddle", FakePaddle("create"))
    loaded = load_engine(model(tmp_path, with_paddle=True), device=FREE)
    assert loaded.engine.device.startswith("CPU, OpenVINO")
    assert keys(loaded)[:3] == ["cuda-failed", "cuda-failed", "cpu-openvino"]
    assert "cuDNN was not found" in loaded.why("en")
    assert "CUDA error(719)" in loaded.why("zh")


@pytest.mark.parametrize("gpu", [None, 0])
@pytest.mark.parametrize("call", ["copy_from_cpu", "run", "copy_to_cpu"])
def test_a_paddle_run_that_fails_anywhere_is_a_coded_error(
    call: str, gpu: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = install(monkeypatch, "paddle", FakePaddle(everywhere=True))
    engine = paddle.PaddleEngine(paddle_folder(tmp_path / "p"), threads=1, gpu=gpu)
    library.faults.add(call)
    with pytest.raises(OcrwebError, match=r"CUDA error\(719\)") as caught:
        engine.run(np.zeros((1, 3, 32, 32), np.float32))
    assert caught.value.code == "engine.run-failed"


@pytest.mark.parametrize(
    ("library", "reason"),
    [
        pytest.param(FakePaddle("create"), "CUDA error(719)", id="loading fails"),
        pytest.param(FakePaddle("copy_to_cpu"), "CUDA error(719)", id="the first run fails"),
        pytest.param(FakePaddle(built=False), "built without CUDA", id="CPU build"),
        pytest.param(FakePaddle(shown=1), "shows it is 1", id="a GPU that CUDA does not show"),
    ],
)
def test_paddle_that_does_not_start_on_the_gpu_is_told_apart_from_a_damaged_model(
    library: FakePaddle, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, "paddle", library)
    entry = ModelEntry("m", "file", ModelCard(name="m"), {"paddle": paddle_folder(tmp_path / "p")})
    loaded = load_engine(entry, device=FREE)
    assert loaded.engine.device.startswith("CPU, Paddle")
    assert keys(loaded) == ["cuda-failed", "paddle-only"]
    error = refused(entry, "auto", "auto", ASKED)
    assert error.code == "engine.gpu-failed"
    assert reason in error.message("en")


@pytest.mark.parametrize("device", [FREE, ASKED, "cpu"], ids=["auto", "asked", "cpu"])
def test_a_paddle_model_that_the_cpu_cannot_open_either_is_damaged(
    device: Device | str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, "paddle", FakePaddle("create", everywhere=True))
    entry = ModelEntry("m", "file", ModelCard(name="m"), {"paddle": paddle_folder(tmp_path / "p")})
    assert refused(entry, "auto", "auto", device).code == "model.damaged"


@pytest.mark.parametrize("fault", ["create", "run"])
def test_an_official_model_that_does_not_start_on_the_gpu_is_no_failed_download(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def runner(device: str, x: list[np.ndarray]) -> list[np.ndarray]:
        if fault == "run" and device != "cpu":
            raise OSError("(External) CUDNN error(1001)")
        return [x[0][:, :1]]

    def detection(*, device: str, **_: Any) -> Any:
        if fault == "create" and device != "cpu":
            raise OSError("(External) CUDA error(100)")
        predictor = SimpleNamespace(runner=lambda x: runner(device, x))
        return SimpleNamespace(paddlex_predictor=predictor, close=lambda: None)

    install(monkeypatch, "paddle", FakePaddle())
    install(monkeypatch, "paddleocr", SimpleNamespace(TextDetection=detection))
    monkeypatch.setenv("PADDLE_PDX_CACHE_HOME", str(tmp_path))
    name = official.NAMES[0]
    paddle_folder(tmp_path / "official_models" / name)
    entry = ModelEntry(name, "official", ModelCard(name=name))
    loaded = load_engine(entry, device=FREE)
    assert loaded.engine.device.startswith("CPU, PaddleOCR")
    assert keys(loaded) == ["cuda-failed", "official"]
    assert refused(entry, "auto", "auto", ASKED).code == "engine.gpu-failed"
