"""Every engine gives the same map, to several threads, and refuses what is no detector."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.device import has_bf16
from ocrweb.runtime.engines import openvino
from ocrweb.runtime.engines.base import Engine
from ocrweb.runtime.engines.load import load_engine
from ocrweb.runtime.engines.onnx import OnnxEngine
from ocrweb.runtime.engines.openvino import OpenVinoEngine
from ocrweb.runtime.engines.shapes import probabilities
from ocrweb.runtime.entry import from_onnx
from tests.runtime.networks import save_brightness


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def open_engine(kind: str, path: Path) -> Engine:
    if kind == "onnx":
        return OnnxEngine(path, threads=1)
    return OpenVinoEngine(path, precision=kind, threads=1, streams=2)


KINDS = [
    "onnx",
    "f32",
    pytest.param("bf16", marks=pytest.mark.skipif(not has_bf16(), reason="this CPU does not compute in bfloat16")),
]


def picture(height: int, width: int, seed: int = 0, number: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).random((number, 3, height, width), np.float32)


@pytest.mark.parametrize("kind", KINDS)
def test_the_map_is_the_networks_answer_for_any_size_and_number(kind: str, tmp_path: Path) -> None:
    engine = open_engine(kind, save_brightness(tmp_path / "m.onnx"))
    tolerance = 0.01 if kind == "bf16" else 1e-6
    for batch in (picture(32, 64), picture(96, 32), picture(64, 64, number=3)):
        answer = engine.run(batch)
        assert answer.shape == (batch.shape[0], *batch.shape[2:])
        assert answer.dtype == np.float32
        np.testing.assert_allclose(answer, batch.mean(axis=1), atol=tolerance)


@pytest.mark.parametrize("kind", ["onnx", "f32"])
def test_threads_that_share_an_engine_get_their_own_answers(kind: str, tmp_path: Path) -> None:
    engine = open_engine(kind, save_brightness(tmp_path / "m.onnx"))
    batches = [picture(32 * (1 + seed % 4), 64, seed) for seed in range(24)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(engine.run, batches))
    for batch, answer in zip(batches, answers, strict=True):
        np.testing.assert_allclose(answer, batch.mean(axis=1), atol=1e-6)


def ended(*names: str) -> None:
    """Wait for threads of these names, one after the other."""
    for name in names:
        for thread in threading.enumerate():
            if thread.name == name:
                thread.join()


def grown(engine: OpenVinoEngine) -> tuple[object, object]:
    """The networks of a picture alone and of one beside it, after two came at the same time before."""
    with engine._taken() as first, engine._taken() as second:
        assert first is second  # nobody waits for the other to be compiled
    ended("network beside")
    with engine._taken() as alone, engine._taken() as beside:
        return alone, beside


def test_a_picture_beside_another_is_answered_by_a_network_of_several_streams(tmp_path: Path) -> None:
    engine = OpenVinoEngine(save_brightness(tmp_path / "m.onnx"), precision="f32", threads=2)
    batch = picture(64, 96)
    before = engine.run(batch)
    alone, beside = grown(engine)
    assert beside is not alone
    with engine._taken() as network:  # nobody is beside it
        assert network is alone
    with engine._taken():
        np.testing.assert_array_equal(engine.run(batch), before)


def test_the_second_network_is_let_go_when_nobody_needs_it_and_comes_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = OpenVinoEngine(save_brightness(tmp_path / "m.onnx"), precision="f32", threads=2)
    batch = picture(64, 96)
    alone = engine.run(batch)
    monkeypatch.setattr(openvino, "BESIDE_KEPT", 0.0)
    with engine._taken(), engine._taken():
        pass
    ended("network beside", "idle network")
    assert engine._beside is None
    monkeypatch.setattr(openvino, "BESIDE_KEPT", 1000.0)
    one, beside = grown(engine)
    assert beside is not one
    assert engine._let_go() > 900  # used just now
    kept = weakref.ref(engine._beside)
    del one, beside
    with engine._taken():
        np.testing.assert_array_equal(engine.run(batch), alone)
    monkeypatch.setattr(openvino, "BESIDE_KEPT", 0.0)
    assert engine._let_go() == 0
    assert kept() is None
    engine.close()
    ended("idle network")


def test_a_network_beside_does_not_keep_its_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = OpenVinoEngine(save_brightness(tmp_path / "m.onnx"), precision="f32", threads=2)
    grown(engine)
    left = weakref.ref(engine)
    del engine
    assert left() is None


def test_a_file_that_was_replaced_gives_no_second_network(tmp_path: Path) -> None:
    path = save_brightness(tmp_path / "m.onnx")
    engine = OpenVinoEngine(path, precision="f32", threads=2)
    path.write_bytes(path.read_bytes() + b"\0")
    alone, beside = grown(engine)
    assert beside is alone


@pytest.mark.parametrize("streams", [(1, 1), (2, 2)])
def test_one_core_or_several_streams_need_no_second_network(streams: tuple[int, int], tmp_path: Path) -> None:
    engine = OpenVinoEngine(
        save_brightness(tmp_path / "m.onnx"), precision="f32", threads=streams[0], streams=streams[1]
    )
    alone, beside = grown(engine)
    assert beside is alone


@pytest.mark.parametrize("kind", ["onnx", "f32"])
def test_an_answer_survives_the_next_run(kind: str, tmp_path: Path) -> None:
    engine = open_engine(kind, save_brightness(tmp_path / "m.onnx"))
    first = engine.run(picture(64, 64, 1))
    kept = first.copy()
    engine.run(picture(64, 64, 2))
    np.testing.assert_array_equal(first, kept)


@pytest.mark.parametrize("kind", ["onnx", "f32"])
def test_a_network_of_fixed_size_says_so(kind: str, tmp_path: Path) -> None:
    assert open_engine(kind, save_brightness(tmp_path / "f.onnx", size=(96, 64))).fixed_size == (96, 64)
    assert open_engine(kind, save_brightness(tmp_path / "d.onnx")).fixed_size is None


@pytest.mark.parametrize("kind", ["onnx", "f32"])
@pytest.mark.parametrize(
    ("make", "code"),
    [
        pytest.param(lambda path: path.write_bytes(b"not a network" * 40), "model.damaged", id="damaged"),
        pytest.param(lambda path: path.write_bytes(b""), "model.damaged", id="empty"),
        pytest.param(lambda path: save_brightness(path, channels=1), "model.not-a-detector", id="one channel"),
        pytest.param(lambda path: save_brightness(path, stride=2), "engine.wrong-output", id="half-sized map"),
    ],
)
def test_what_is_no_detector_is_refused_when_it_is_loaded(kind: str, make: Any, code: str, tmp_path: Path) -> None:
    make(tmp_path / "m.onnx")
    with pytest.raises(OcrwebError) as caught:
        open_engine(kind, tmp_path / "m.onnx")
    assert caught.value.code == code


def test_a_folder_that_is_no_data_root_is_not_made_one(tmp_path: Path, home: Path) -> None:
    open_engine("f32", save_brightness(tmp_path / "m.onnx"))
    assert not home.exists() or list(home.iterdir()) == []


def test_a_second_start_finds_the_compiled_network(tmp_path: Path, home: Path) -> None:
    (home / ".ocrweb").mkdir(parents=True)
    path = save_brightness(tmp_path / "m.onnx")
    first = OpenVinoEngine(path, precision="f32", threads=1)
    kept = sorted((home / ".ocrweb" / "openvino").iterdir())
    second = OpenVinoEngine(path, precision="f32", threads=1)
    assert [engine._network.compiled.get_property("LOADED_FROM_CACHE") for engine in (first, second)] == [False, True]
    assert kept
    assert sorted((home / ".ocrweb" / "openvino").iterdir()) == kept


def test_a_data_root_that_cannot_be_written_only_costs_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "file"))
    engine = open_engine("f32", save_brightness(tmp_path / "m.onnx"))
    assert engine.run(picture(32, 32)).shape == (1, 32, 32)


def test_the_first_of_several_maps_is_the_probability_map() -> None:
    maps = np.random.default_rng(0).random((2, 3, 32, 64), np.float32)
    np.testing.assert_array_equal(probabilities(maps, (2, 3, 32, 64)), maps[:, 0])


def test_loading_says_what_was_picked_and_why(tmp_path: Path) -> None:
    entry = from_onnx(save_brightness(tmp_path / "m.onnx", card=ModelCard(name="b", bf16=False)), "b")
    loaded = load_engine(entry, device="cpu")
    assert loaded.engine.device.startswith("CPU, OpenVINO f32")
    assert "OpenVINO" in loaded.why("en")
    assert loaded.why("en") != loaded.why("zh")


PROBE = """
import sys
seen = []
watched = ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.fork", "os.posix_spawn")
sys.addaudithook(lambda event, args: seen.append(event) if event in watched else None)
from pathlib import Path
from ocrweb.runtime.engines.openvino import OpenVinoEngine
OpenVinoEngine(Path(sys.argv[1]), precision="f32", threads=1)
import openvino.tools.ovc
import threading
for thread in threading.enumerate():  # a sender would be one
    if thread is not threading.main_thread():
        thread.join(30)
print(seen)
"""


def test_openvino_opens_no_connection_and_starts_no_process_to_report_its_use(tmp_path: Path) -> None:
    """Merely importing it forks a sender of usage data when the home folder holds no consent yet."""
    user = tmp_path / "user"
    user.mkdir()
    silent = {"CI", "TF_BUILD", "JENKINS_URL"}
    environment = {name: value for name, value in os.environ.items() if name not in silent} | {"HOME": str(user)}
    command = [sys.executable, "-c", PROBE, str(save_brightness(tmp_path / "m.onnx"))]
    child = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=True)
    assert child.stdout.strip() == "[]"
    assert list(user.iterdir()) == []


def test_a_replaced_file_is_never_answered_from_the_cache_of_the_old_one(tmp_path: Path) -> None:
    path = save_brightness(tmp_path / "m.onnx", stride=2)
    with pytest.raises(OcrwebError):
        open_engine("f32", path)
    assert open_engine("f32", save_brightness(path)).run(picture(32, 32)).shape == (1, 32, 32)
