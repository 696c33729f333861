"""A model is loaded once, shared by all threads, and replaced when its file changes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime import pool as pool_module
from ocrweb.runtime.card import ModelCard, write_card
from ocrweb.runtime.entry import ModelEntry
from ocrweb.runtime.pool import CONVERTING, DOWNLOADING, DetectorPool
from ocrweb.runtime.watchdog import patience_for
from tests.runtime.networks import save_brightness


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Counts loads, and how many run at the same time."""
    counted = {"all": 0, "now": 0, "most": 0}
    real, lock, another = pool_module.load_engine, threading.Lock(), threading.Event()

    def load(*args: Any, **kwargs: Any) -> Any:
        with lock:
            counted["all"] += 1
            counted["now"] += 1
            if counted["now"] > 1:
                another.set()
            counted["most"] = max(counted["most"], counted["now"])
        try:
            another.wait(0.05)  # it has time to come
            return real(*args, **kwargs)
        finally:
            with lock:
                counted["now"] -= 1

    monkeypatch.setattr(pool_module, "load_engine", load)
    return counted


def test_threads_that_ask_at_once_share_one_load(home: Path, loads: dict[str, int]) -> None:
    path = str(save_brightness(home / "m.onnx"))
    shared = DetectorPool()
    with ThreadPoolExecutor(8) as threads:
        detectors = list(threads.map(lambda _: shared.get(path), range(16)))
    assert len({id(detector) for detector in detectors}) == 1
    assert loads["all"] == 1


def test_loads_are_one_at_a_time(home: Path, loads: dict[str, int]) -> None:
    names = [str(save_brightness(home / f"{number}.onnx")) for number in range(3)]
    shared = DetectorPool()
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(shared.get, names))
    assert (loads["all"], loads["most"]) == (3, 1)


def test_a_changed_file_is_loaded_anew(home: Path, loads: dict[str, int]) -> None:
    path = save_brightness(home / "m.onnx")
    shared = DetectorPool()
    first = shared.get(str(path))
    assert shared.get(str(path)) is first
    save_brightness(path, card=ModelCard(name="other"))
    second = shared.get(str(path))
    assert second is not first
    assert second.card.name == "other"
    assert shared.loaded() == [second]


def test_a_changed_card_is_heeded(home: Path, loads: dict[str, int]) -> None:
    path = save_brightness(home / "m.onnx")
    shared = DetectorPool()
    assert shared.get(str(path)).card.limit_side == 1280
    write_card(ModelCard(name="m", limit_side=640), home / "m.yml")
    assert shared.get(str(path)).card.limit_side == 640


def test_only_the_most_recently_used_stay_loaded(home: Path, loads: dict[str, int]) -> None:
    names = [str(save_brightness(home / f"{number}.onnx")) for number in range(3)]
    shared = DetectorPool(kept=2)
    for name in (names[0], names[1], names[0], names[2]):
        shared.get(name)
    assert [detector.model for detector in shared.loaded()] == [names[0], names[2]]


def test_a_failed_load_is_told_and_tried_again(home: Path, loads: dict[str, int]) -> None:
    path = save_brightness(home / "m.onnx", stride=2)
    shared = DetectorPool()
    for _ in range(2):
        with pytest.raises(OcrwebError):
            shared.get(str(path))
    assert loads["all"] == 2
    save_brightness(path)
    assert shared.get(str(path)).model == str(path)


def test_nobody_waits_for_a_first_look_at_a_model(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(save_brightness(home / "m.onnx"))
    shared = DetectorPool()
    shared.get(path)
    seen: list[int] = []
    with ThreadPoolExecutor(1) as another:

        def look(entry: Any) -> tuple[()]:
            seen.append(len(another.submit(shared.loaded).result(timeout=10)))
            return ()

        monkeypatch.setattr(pool_module, "copy_stamp", look)
        shared.get(path)
    assert seen == [1]


def test_a_file_that_changes_while_it_is_loaded_is_loaded_anew(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save_brightness(home / "m.onnx")
    shared, real = DetectorPool(), pool_module.load_engine

    def load(*args: Any, **kwargs: Any) -> Any:
        loaded = real(*args, **kwargs)
        save_brightness(path)
        return loaded

    monkeypatch.setattr(pool_module, "load_engine", load)
    first = shared.get(str(path))
    monkeypatch.setattr(pool_module, "load_engine", real)
    assert shared.get(str(path)) is not first


class Crew:
    """Processes that networks run in; notes what becomes of them."""

    made: list[Crew] = []

    def __init__(self, processes: int) -> None:
        self.processes, self.closed, self.asked = processes, 0, list[Any]()
        Crew.made.append(self)

    def load(self, what: Any) -> Any:
        self.asked.append(what)
        return SimpleNamespace(engine=SimpleNamespace(name="crew", device="GPU 0"))

    def close(self) -> None:
        self.closed += 1


def test_networks_move_into_other_processes_and_back_and_nothing_stays_loaded_here(
    home: Path, loads: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = DetectorPool()
    monkeypatch.setattr(pool_module, "_pool", own)
    monkeypatch.setattr(pool_module, "Crew", Crew)
    monkeypatch.setattr(Crew, "made", [])
    network = str(save_brightness(home / "a.onnx"))
    own.get(network, "onnx", "f32", "cpu")
    pool_module.share_out(3)
    (first,) = Crew.made
    assert (pool_module.crew(), first.processes, own.loaded()) == (first, 3, [])
    assert own.get(network, "onnx", "f32", "cpu").loaded.engine.name == "crew"
    assert (first.asked, loads["all"]) == ([(network, "onnx", "f32", "cpu")], 1)
    pool_module.share_out(2)
    assert (first.closed, Crew.made[1].closed, pool_module.crew()) == (1, 0, Crew.made[1])
    pool_module.share_out(0)
    assert (first.closed, Crew.made[1].closed, pool_module.crew(), len(Crew.made)) == (1, 1, None, 2)
    assert own.loaded() == []
    own.get(network, "onnx", "f32", "cpu")
    assert loads["all"] == 2


@pytest.mark.parametrize(
    ("kind", "files", "more"),
    [("file", {"onnx"}, 0.0), ("run", {"onnx", "weights"}, 0.0), ("run", {"weights"}, CONVERTING), ("official", set(), DOWNLOADING)],
)  # fmt: skip
def test_loading_may_take_as_long_as_what_it_has_to_do_first(kind: Any, files: set[Any], more: float) -> None:
    entry = ModelEntry("m", kind, ModelCard(name="m"), {form: Path("f") for form in files})
    assert pool_module._patience(entry) == patience_for(0) + more
