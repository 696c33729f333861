"""What a network must look like from outside, and what a library says of itself."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.engines import official, onnx, openvino, paddle
from ocrweb.runtime.engines.gpu import first_run, gpu_failed
from ocrweb.runtime.engines.shapes import network_size, probabilities

HERE = Path("m.onnx")


@pytest.mark.parametrize(
    ("shape", "size"),
    [((1, 3, 640, 480), (640, 480)), ((None, 3, None, None), None), ((None, None, 32, 64), (32, 64)), ((1, 3, 640, None), None),
     ((1, 3, None, 640), None), ((1, 3, 0, 640), None)],
)  # fmt: skip
def test_a_size_is_fixed_where_both_sides_are(shape: tuple[int | None, ...], size: tuple[int, int] | None) -> None:
    assert network_size([shape], HERE) == size


@pytest.mark.parametrize(
    ("inputs", "found"),
    [([], ""), ([(1, 3, 8, 8), (1, 3, 8, 8)], "1x3x8x8; 1x3x8x8"), ([(1, 3, 8)], "1x3x8"), ([(None, 1, None, 8)], "?x1x?x8"),
     ([(1, 4, 8, 8)], "1x4x8x8")],
)  # fmt: skip
def test_what_takes_no_one_picture_is_no_detector(inputs: list[Any], found: str) -> None:
    with pytest.raises(OcrwebError, match=r"model\.not-a-detector") as caught:
        network_size(inputs, HERE)
    assert caught.value.params == {"path": "m.onnx", "found": found}


def test_the_first_map_is_taken_as_float32_and_copied_only_when_that_is_asked_for() -> None:
    output = np.arange(2 * 2 * 4 * 5, dtype=np.float32).reshape(2, 2, 4, 5)
    seen = probabilities(output, (2, 3, 4, 5))
    assert np.shares_memory(seen, output)
    np.testing.assert_array_equal(seen, output[:, 0])
    assert not np.shares_memory(probabilities(output, (2, 3, 4, 5), copy=True), output)
    assert probabilities(output.astype(np.float64), (2, 3, 4, 5)).dtype == np.float32


@pytest.mark.parametrize("shape", [(4, 5), (1, 1, 4, 5), (2, 1, 5, 4), (2, 1, 4, 4), (2, 1, 3, 5)])
def test_an_answer_without_one_value_a_pixel_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(OcrwebError, match=r"engine\.wrong-output") as caught:
        probabilities(np.zeros(shape, np.float32), (2, 3, 4, 5))
    assert caught.value.params == {"found": "x".join(map(str, shape)), "wanted": "2x1x4x5"}


@pytest.mark.parametrize(
    ("module", "said", "words"),
    [
        (onnx._words, "a \n  b", "a b"), (onnx._words, "x" * 300, "x" * 200), (official._words, "", "RuntimeError"),
        (official._words, "a\nb", "a b"), (official._words, "x" * 300, "x" * 200),
        (openvino.last_line, "file.cpp:3\n\n  what happened \n", "what happened"), (openvino.last_line, "  \n", "RuntimeError"),
        (openvino.last_line, "x" * 300, "x" * 200), (paddle.words, "--- stack\n  a\nwhat happened\n---------\n", "what happened"),
        (paddle.words, "----\n", "RuntimeError"), (paddle.words, "x" * 300, "x" * 200),
    ],
)  # fmt: skip
def test_of_what_a_library_says_one_line_is_kept(module: Any, said: str, words: str) -> None:
    assert module(RuntimeError(said)) == words


def test_only_a_run_that_fails_on_a_gpu_is_the_gpus_failure() -> None:
    run_failed = OcrwebError("engine.run-failed", engine="X", reason="no memory。")
    with pytest.raises(OcrwebError, match=r"engine\.gpu-failed") as caught, first_run(0):
        raise run_failed
    assert caught.value.params == {"engine": "X", "reason": "no memory"}
    for gpu, failure in ((None, run_failed), (0, OcrwebError("model.damaged", path="p", reason="r"))):
        with pytest.raises(OcrwebError) as other, first_run(gpu):
            raise failure
        assert other.value is failure
    assert gpu_failed("X", "why.").params["reason"] == "why"


@pytest.mark.parametrize(
    ("code", "counts"), [(200, True), (404, True), (403, False), (407, False), (499, True), (500, False), (503, False)]
)
def test_a_source_that_answers_at_all_is_there_unless_it_refuses_or_is_down(
    monkeypatch: pytest.MonkeyPatch, code: int, counts: bool
) -> None:
    asked: list[Any] = []

    class Answer:
        def __enter__(self) -> None: ...

        def __exit__(self, *_: object) -> None: ...

    def urlopen(request: urllib.request.Request, timeout: float) -> Any:
        asked.append((request.get_method(), request.full_url, timeout))
        if code == 200:
            return Answer()
        raise urllib.error.HTTPError(request.full_url, code, "", None, None)  # type: ignore[arg-type]

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    assert official._answers("https://x.example", 2.5) is counts
    assert asked == [("HEAD", "https://x.example", 2.5)]


def test_a_source_that_cannot_be_reached_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def urlopen(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    assert not official._answers("https://x.example", 1)
    assert not official.online(("https://a.example", "https://b.example"))


def test_official_models_lie_in_paddlex_folder_or_where_its_variable_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("PADDLE_PDX_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert official.cache_folder() == tmp_path / ".paddlex" / "official_models"
    monkeypatch.setenv("PADDLE_PDX_CACHE_HOME", str(tmp_path / "there"))
    assert official.cache_folder() == tmp_path / "there" / "official_models"
    assert official.cached_folder("m") is None
    folder = tmp_path / "there" / "official_models" / "m"
    folder.mkdir(parents=True)
    assert official.cached_folder("m") is None, "a download that was broken off"
    (folder / "inference.pdiparams").touch()
    assert official.cached_folder("m") == folder


@pytest.mark.parametrize("name", paddle.PROGRAMS)
def test_a_program_needs_its_weights_and_the_weights_a_program(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(OcrwebError, match=r"model\.damaged"):
        paddle.program_of(tmp_path)
    (tmp_path / "inference.pdiparams").touch()
    assert paddle.program_of(tmp_path) == tmp_path / name
    (tmp_path / name).unlink()
    with pytest.raises(OcrwebError, match=r"model\.damaged"):
        paddle.program_of(tmp_path)


@pytest.mark.parametrize(("gpu", "usable", "fits"), [(0, 1, True), (1, 1, False), (0, 0, False), (1, 2, True)])
def test_a_gpu_that_paddle_does_not_show_is_not_touched(
    monkeypatch: pytest.MonkeyPatch, gpu: int, usable: int, fits: bool
) -> None:
    cuda = SimpleNamespace(device_count=lambda: usable)
    fake = SimpleNamespace(is_compiled_with_cuda=lambda: True, device=SimpleNamespace(cuda=cuda))
    monkeypatch.setitem(sys.modules, "paddle", fake)
    if fits:
        paddle.check_gpu(gpu)
    else:
        with pytest.raises(OcrwebError, match=r"engine\.gpu-failed"):
            paddle.check_gpu(gpu)
    fake.is_compiled_with_cuda = lambda: False
    with pytest.raises(OcrwebError, match=r"engine\.gpu-failed"):
        paddle.check_gpu(0)


class Settings:
    """Notes what is set and called."""

    def __init__(self, *given: str) -> None:
        self.__dict__["notes"] = [("made", *given)]

    def __getattr__(self, name: str) -> Any:
        return lambda *given: self.notes.append((name, *given))


def test_paddle_is_set_up_for_this_machine() -> None:
    fake = SimpleNamespace(Config=Settings)
    always = [("enable_new_ir", True), ("enable_new_executor",), ("disable_glog_info",), ("enable_memory_optim",)]
    made = ("made", "f/inference.json", "f/inference.pdiparams")
    assert paddle._config(fake, Path("f/inference.json"), 3, None).notes == [
        made, ("disable_gpu",), ("set_cpu_math_library_num_threads", 3), ("enable_mkldnn",), ("set_mkldnn_cache_capacity", 10),
        *always,
    ]  # fmt: skip
    assert paddle._config(fake, Path("f/inference.json"), 3, 1).notes == [made, ("enable_use_gpu", 500, 1), *always]


def test_onnx_runtime_is_set_up_for_this_machine() -> None:
    entries: list[tuple[str, str]] = []
    options = SimpleNamespace(add_session_config_entry=lambda *entry: entries.append(entry))
    fake = SimpleNamespace(SessionOptions=lambda: options, ExecutionMode=SimpleNamespace(ORT_SEQUENTIAL="one"))
    onnx._options(fake, 5)
    set_up = {name: value for name, value in vars(options).items() if name != "add_session_config_entry"}
    assert set_up == {
        "intra_op_num_threads": 5, "inter_op_num_threads": 1, "execution_mode": "one", "enable_cpu_mem_arena": False,
        "enable_mem_pattern": False, "log_severity_level": 3,
    }  # fmt: skip
    assert entries == [("session.intra_op.allow_spinning", "0")]
    assert onnx._providers(None) == ["CPUExecutionProvider"]
    (cuda, given), cpu = onnx._providers(1)
    assert (cuda, given["device_id"], cpu) == (onnx.CUDA, 1, "CPUExecutionProvider")


def test_runs_in_progress_are_asked_to_end_and_those_that_ended_are_not() -> None:
    engine = onnx.OnnxEngine.__new__(onnx.OnnxEngine)
    control = SimpleNamespace(terminate=False)
    engine._running = {_Hashable(control)}
    engine.interrupt()
    assert control.terminate is True


class _Hashable:
    def __init__(self, inner: Any) -> None:
        self.__dict__["inner"] = inner

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self.inner, name, value)
