"""Which rule a detector sees pictures by, what it hands on, and what the engines behind it are told."""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.errors import OcrwebError
from ocrweb.runtime import detector as module
from ocrweb.runtime import pool
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.convert import onnx_of
from ocrweb.runtime.detector import Detector, PageMap
from ocrweb.runtime.engines import load, onnx, openvino
from ocrweb.runtime.engines.load import Loaded
from ocrweb.runtime.entry import ModelEntry
from ocrweb.runtime.result import SHRUNK, Timing
from ocrweb.runtime.transform import PageTransform

CARD = ModelCard(name="m", limit_side=320, threshold=0.25, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))


class Engine:
    name, device = "made", "CPU, made"

    def __init__(self, fixed: tuple[int, int] | None = None, failure: BaseException | None = None) -> None:
        self.fixed_size, self.failure, self.shapes = fixed, failure, []  # type: ignore[var-annotated]

    def run(self, batch: np.ndarray) -> np.ndarray:
        self.shapes.append(batch.shape)
        if self.failure is not None:
            raise self.failure
        return batch[:, 0]

    def interrupt(self) -> None: ...

    def close(self) -> None: ...


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.watchdog, "call", lambda model, stamp, work, patience, interrupt: work())


def detector(fixed: tuple[int, int] | None = None, failure: BaseException | None = None) -> tuple[Detector, Engine]:
    engine = Engine(fixed, failure)
    return Detector(ModelEntry("mine", "file", CARD), Loaded(engine, None, ())), engine  # type: ignore[arg-type]


def test_a_given_rule_counts_and_else_the_cards() -> None:
    picture = np.zeros((640, 320, 3), np.uint8)
    one, engine = detector()
    for resize, height in ((None, 320), (ResizeOptions(limit_side=160), 160)):
        one.probability(picture, resize)
        assert one.prepare(picture, resize).blob.shape[2] == height
    assert [shape[2] for shape in engine.shapes] == [320, 160]
    assert one.look(picture, lambda blob: blob[0, 0]).map.shape == (320, 160)


@pytest.mark.parametrize(
    ("fixed", "resize", "longest"),
    [(None, None, 320), (None, ResizeOptions(limit_side=96), 96), (None, ResizeOptions(limit_side=96, limit_type="min"), 1280),
     ((480, 640), None, 640), ((640, 480), ResizeOptions(limit_side=96), 640)],
)  # fmt: skip
def test_a_page_is_drawn_as_long_as_the_network_sees_it(
    fixed: tuple[int, int] | None, resize: ResizeOptions | None, longest: int
) -> None:
    assert detector(fixed)[0].longest(resize) == longest


def test_memory_that_ran_out_is_told_with_the_size(monkeypatch: pytest.MonkeyPatch) -> None:
    one, _ = detector(failure=MemoryError())
    with pytest.raises(OcrwebError, match=r"engine\.out-of-memory") as caught:
        one.probability(np.zeros((320, 160, 3), np.uint8))
    assert caught.value.params == {"size": "160x320"}


def test_an_answer_is_noted_and_a_failure_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[str] = []
    monkeypatch.setattr(module.watchdog, "tell_answer", noted.append)
    detector()[0].probability(np.zeros((64, 64, 3), np.uint8))
    with pytest.raises(OcrwebError):
        detector(failure=MemoryError())[0].probability(np.zeros((64, 64, 3), np.uint8))
    assert noted == ["mine"]


def test_a_failed_picture_is_a_result_with_its_name_and_the_threshold_in_force(tmp_path: Path) -> None:
    one, _ = detector()
    for decode, threshold in ((None, 0.25), (DecodeOptions(threshold=0.4), 0.4)):
        result = one.detect(tmp_path / "none.png", decode)
        assert (result.image_path, result.width, result.height, result.model, result.device) == (
            str(tmp_path / "none.png"), 0, 0, "mine", "CPU, made",
        )  # fmt: skip
        assert (result.threshold, result.success) == (threshold, False)
    assert one.detect(b"").image_path == ""


@pytest.mark.parametrize(("shown", "warned"), [((64, 128), False), ((8, 16), True)])
def test_text_that_vanished_is_warned_of(shown: tuple[int, int], warned: bool) -> None:
    high, wide = shown
    page = PageTransform.stretched(1280, 640, wide, high)
    seen = PageMap(np.zeros(shown, np.float32), page, np.zeros((640, 1280, 3), np.uint8), Timing(1, 2, 3), tiles=2)
    big = PageTransform.stretched(1280, 640, 1280, 640) if not warned else page
    result = detector()[0].regions(PageMap(seen.map, big, seen.picture, seen.timing, 2), image_path="a")
    assert result.warnings == ((SHRUNK,) if warned else ())
    assert (result.image_path, result.width, result.height, result.tiles, result.threshold) == ("a", 1280, 640, 2, 0.25)
    assert (result.timing.decode, result.timing.preprocess, result.timing.network) == (1, 2, 3)


@pytest.mark.parametrize(
    ("kind", "files", "more"),
    [("official", {}, pool.DOWNLOADING), ("official", {"onnx": "x"}, pool.DOWNLOADING), ("file", {"onnx": "x"}, 0), ("file", {"weights": "x"}, pool.CONVERTING)],
)  # fmt: skip
def test_loading_may_take_as_long_as_what_has_to_be_fetched_or_made(
    monkeypatch: pytest.MonkeyPatch, kind: Any, files: Any, more: float
) -> None:
    monkeypatch.delenv("OCRWEB_NETWORK_PATIENCE", raising=False)
    assert pool._patience(ModelEntry("m", kind, CARD, files)) == 60 + more
    assert (pool.DOWNLOADING, pool.CONVERTING, pool.KEPT) == (1800, 600, 2)


def test_openvino_is_set_up_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    class Request:
        def infer(self, *_: object, **__: object) -> None: ...

        def get_output_tensor(self, number: int) -> Any:
            return SimpleNamespace(data=np.zeros((1, 1, 32, 32)))

    class Network:
        inputs = [SimpleNamespace(partial_shape=[SimpleNamespace(is_static=False)] * 4)]

        def create_infer_request(self) -> Any:
            made.append(1)
            return Request()

    made: list[int] = []
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(openvino, "_core", lambda: None)
    monkeypatch.setattr(openvino, "_compile", lambda core, path, options: given.append(options) or Network())
    monkeypatch.setattr(openvino, "network_size", lambda sides, path: None)
    engine = openvino.OpenVinoEngine(Path("m"), precision="f32", threads=3, streams=2)
    assert given == [
        {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 3, "NUM_STREAMS": 2, "ENABLE_CPU_PINNING": False,
         "CPU_RUNTIME_CACHE_CAPACITY": 0}
    ]  # fmt: skip
    assert (engine.device, len(made), engine._network._requests.qsize(), engine._network._running) == (
        "CPU, OpenVINO f32, 3 threads", 2, 2, set(),
    )  # fmt: skip


def test_a_network_is_compiled_with_the_cache_where_it_can_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    compiled: list[Any] = []

    class Core:
        fails = False

        def read_model(self, path: str) -> str:
            return f"read {path}"

        def compile_model(self, network: str, device: str, options: dict[str, Any]) -> str:
            compiled.append((network, device, options.get("CACHE_DIR")))
            if self.fails and "CACHE_DIR" in options:
                raise RuntimeError
            return "compiled"

    core, cache = Core(), str(tmp_path / ".ocrweb" / "openvino")
    assert openvino._compile(core, Path("m"), {}) == "compiled"
    (tmp_path / ".ocrweb").mkdir()
    openvino._compile(core, Path("m"), {})
    core.fails = True
    openvino._compile(core, Path("m"), {})
    plain, cached = ("read m", "CPU", None), ("read m", "CPU", cache)
    assert compiled == [plain, cached, cached, plain]
    monkeypatch.setattr(openvino.os, "access", lambda path, how: False)
    openvino._compile(core, Path("m"), {})
    assert compiled[-1] == plain


@pytest.mark.parametrize(("files", "made"), [({"onnx": Path("a.onnx")}, []), ({"weights": Path("w")}, [Path("w")])])
def test_weights_are_converted_where_there_is_no_network(
    monkeypatch: pytest.MonkeyPatch, files: Any, made: list[Path]
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(load, "onnx_of", lambda weights: asked.append(weights) or Path("made.onnx"))
    assert load._network(ModelEntry("m", "file", CARD, files)) == Path("made.onnx" if made else "a.onnx")
    assert asked == made


def test_a_conversion_that_was_done_is_not_done_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    weights = tmp_path / "w.pdparams"
    weights.write_bytes(b"w")
    asked: list[list[object]] = []

    def run(*words: object, **_: Any) -> Any:
        asked.append(list(words))
        Path(str(words[2])).write_bytes(b"network")
        return SimpleNamespace(returncode=0, stderr="")

    monkeypatch.setattr("ocrweb.runtime.convert.run_module", run)
    first = onnx_of(weights)
    assert (first.read_bytes(), onnx_of(weights), len(asked)) == (b"network", first, 1)
    weights.write_bytes(b"other")
    assert onnx_of(weights) != first
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("code", "stderr", "written", "reason"),
    [(1, "a\nwhy it failed.\n\n", b"x", "why it failed"), (3, " \n", b"x", "exit 3"), (0, "", b"", "exit 0"), (1, "x" * 400, b"", "x" * 300)],
)  # fmt: skip
def test_a_conversion_that_failed_leaves_nothing_and_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: int, stderr: str, written: bytes, reason: str
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    (tmp_path / "w").write_bytes(b"w")

    def run(*words: object, **_: Any) -> Any:
        Path(str(words[2])).write_bytes(written)
        return SimpleNamespace(returncode=code, stderr=stderr, stdout="[]\n")

    monkeypatch.setattr("ocrweb.runtime.convert.run_module", run)
    with pytest.raises(OcrwebError, match=r"model\.not-converted") as caught:
        onnx_of(tmp_path / "w")
    assert caught.value.params["reason"] == reason
    assert [path.suffix for path in (tmp_path / ".ocrweb" / "converted").iterdir()] == [".lock"]


def test_cuda_libraries_are_looked_for_once_and_what_failed_first_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    look = functools.cache(onnx._load_cuda_libraries.__wrapped__)
    fake = SimpleNamespace(preload_dlls=lambda: print("\n  libcudnn: not found \nlibcublas: not found\n"))
    monkeypatch.setitem(sys.modules, "onnxruntime", fake)
    assert look() == "libcudnn: not found"
    monkeypatch.setitem(sys.modules, "onnxruntime", SimpleNamespace())
    assert onnx._load_cuda_libraries.__wrapped__() == ""
    fake.preload_dlls = lambda: print("x" * 300)
    monkeypatch.setitem(sys.modules, "onnxruntime", fake)
    assert onnx._load_cuda_libraries.__wrapped__() == "x" * 200
