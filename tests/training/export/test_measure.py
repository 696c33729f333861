"""What an export is judged by is asked of every contestant alike: gaps, hmean, time and memory."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ocrweb.runtime.card import ModelCard
from ocrweb.training.export import footprint as memory
from ocrweb.training.export import measure
from ocrweb.training.export.measure import measure_gaps, measure_hmean, measure_speed
from tests.training.program import run_as_program


class Engine:
    """Takes the seconds of its list, one a run, the last one ever after."""

    device = "CPU"

    def __init__(self, clock: Any, *seconds: float) -> None:
        self.clock, self.seconds, self.blobs = clock, list(seconds), list[Any]()

    def run(self, blob: np.ndarray) -> np.ndarray:
        self.blobs.append(blob)
        self.clock.now += self.seconds.pop(0) if len(self.seconds) > 1 else self.seconds[0]
        return np.full((1, 2, 2), len(self.blobs), np.float32)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(measure.time, "perf_counter", lambda: clock.now)
    return clock


def test_speed_is_the_median_of_rounds_in_turn_without_the_first(clock: Any) -> None:
    slow, quick = Engine(clock, 9.0, 0.5, 0.2, 0.30004), Engine(clock, 5.0, 0.1)
    told = measure_speed({"slow": slow, "quick": quick}, (64, 96))  # type: ignore[dict-item]
    assert told == {
        "size": [64, 96],
        "rounds": 3,
        "engines": {
            "slow": {"median_ms": 300.04, "best_ms": 200.0, "engine": "CPU"},
            "quick": {"median_ms": 100.0, "best_ms": 100.0, "engine": "CPU"},
        },
    }
    assert len(slow.blobs) == len(quick.blobs) == 4
    assert {blob.shape for blob in slow.blobs} == {(1, 3, 64, 96)}
    assert all(np.array_equal(blob, quick.blobs[0]) for blob in slow.blobs)
    assert measure_speed({"quick": quick}, None)["size"] == [960, 960]  # type: ignore[dict-item]


def test_each_page_is_prepared_once_and_every_engine_is_set_beside_the_reference(
    clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[Any] = []

    def compare(expected: np.ndarray, found: np.ndarray, page: str, decode: Any) -> Any:
        compared.append((float(expected.mean()), float(found.mean()), page))
        return compared[-1]

    monkeypatch.setattr(measure, "compare", compare)
    monkeypatch.setattr(measure, "read_picture", lambda path: SimpleNamespace(pixels=path))
    detector: Any = SimpleNamespace(
        card=ModelCard(name="a"), prepare=lambda pixels: SimpleNamespace(blob=pixels, page=f"page of {pixels}")
    )
    reference, first, second = (Engine(clock, 0.0) for _ in range(3))
    told: list[int] = []
    gaps = measure_gaps(reference, {"first": first, "second": second}, detector, [Path("a"), Path("b")], told=told.append)  # type: ignore[dict-item, arg-type]  # fmt: skip
    assert told == [1, 2]
    assert (reference.blobs, first.blobs, second.blobs) == ([Path("a"), Path("b")],) * 3
    assert {name: gap.pages for name, gap in gaps.items()} == dict.fromkeys(
        ("first", "second"), ((1.0, 1.0, "page of a"), (2.0, 2.0, "page of b"))
    )


def test_each_contestant_has_its_own_score_on_the_same_pictures(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    square = np.array([[0, 0], [20, 0], [20, 20], [0, 20]], np.float64)
    monkeypatch.setattr(measure, "read_picture", lambda path: SimpleNamespace(pixels=path))
    monkeypatch.setattr(
        measure,
        "JudgedMap",
        lambda sample, seen, page, tiles: SimpleNamespace(
            labels=[square], ignored=[False], regions=lambda decode: ([square] if seen == "sees" else [], None)
        ),
    )
    monkeypatch.setattr(measure, "_network", lambda engine: engine)
    detector: Any = SimpleNamespace(
        card=ModelCard(name="a"), look=lambda pixels, engine: SimpleNamespace(map=engine, page=None, tiles=1)
    )
    told: list[int] = []
    samples: Any = [SimpleNamespace(image="1.png"), SimpleNamespace(image="2.png")]
    scores = measure_hmean({"good": "sees", "bad": "is blind"}, detector, samples, told=told.append)  # type: ignore[dict-item]
    assert told == [1, 2]
    assert [(scores[name].hmean, scores[name].labels) for name in ("good", "bad")] == [(1.0, 2), (0.0, 2)]


@pytest.mark.parametrize(
    ("printed", "code", "found"),
    [
        ('{"loaded": 3, "peak": 4.5}', 0, {"loaded": 3.0, "peak": 4.5}),
        ('{"loaded": 3, "peak": 4.5}', 1, None),
        ("no JSON", 0, None),
    ],
)
def test_memory_is_what_a_process_of_its_own_tells_or_nothing(
    printed: str, code: int, found: dict[str, float] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def run(*given: Any, patience: float) -> subprocess.CompletedProcess[str]:
        asked.append((*given, patience))
        return subprocess.CompletedProcess(given, code, printed, "")

    monkeypatch.setattr(memory, "run_module", run)
    assert memory.footprint(Path("a.onnx"), 64, 96) == found
    assert asked == [("ocrweb.training.export.footprint", Path("a.onnx"), 64, 96, 120)]


def test_memory_that_takes_too_long_to_measure_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*given: Any, patience: float) -> Any:
        raise subprocess.TimeoutExpired("x", patience)

    monkeypatch.setattr(memory, "run_module", run)
    assert memory.footprint(Path("a.onnx"), 64, 96) is None


def test_the_process_tells_what_loading_and_running_added_to_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import psutil

    from ocrweb.runtime.engines import onnx

    held, ran = [100 << 20, 130 << 20], list[Any]()
    monkeypatch.setattr(psutil, "Process", lambda: SimpleNamespace(memory_info=lambda: SimpleNamespace(rss=held.pop(0))))  # fmt: skip
    monkeypatch.setattr(memory, "_peak", lambda: (100 << 20) + 47_500_000)
    monkeypatch.setattr(onnx, "OnnxEngine", lambda path, threads: SimpleNamespace(run=lambda blob: ran.append((path, blob.shape))))  # fmt: skip
    assert memory.main(["a.onnx", "64", "96"]) == 0
    assert json.loads(capsys.readouterr().out) == {"loaded": 30.0, "peak": 45.3}
    assert ran == [(Path("a.onnx"), (1, 3, 64, 96))]


def test_the_most_that_this_process_ever_held_is_no_less_than_what_it_holds() -> None:
    import psutil

    assert psutil.Process().memory_info().rss * 0.8 <= memory._peak() < 1 << 40


@pytest.mark.parametrize("said", ["VmPeak:  900 kB\nVmHWM:   123 kB\nVmRSS:  7 kB\n", "VmRSS:  7 kB\n", None], ids=str)
def test_where_the_system_does_not_say_the_most_it_is_what_is_held_now(
    said: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if said is not None:
        (tmp_path / "status").write_text(said)
    monkeypatch.setattr(memory, "Path", lambda path: tmp_path / Path(path).name)
    monkeypatch.setattr(memory.psutil, "Process", lambda: SimpleNamespace(memory_info=lambda: SimpleNamespace(rss=99)))
    assert memory._peak() == (123 * 1024 if said and "VmHWM" in said else 99)


def test_run_as_a_program_it_asks_for_a_network_and_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(run_as_program(memory, monkeypatch), ValueError)
