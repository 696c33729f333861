"""The soak: how growth is read from the samples, and a small one against a real console."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest

from benchmarks import soak
from benchmarks.soaking.callers import Amounts, Work
from benchmarks.soaking.report import draw
from benchmarks.soaking.samples import Sample, growth
from benchmarks.soaking.warm import fill_maps


def sampled(*pairs: tuple[float, int]) -> list[Sample]:
    return [Sample(float(number), share, resident, 10, 5, 0) for number, (share, resident) in enumerate(pairs)]


def test_growth_is_read_near_a_share_of_the_work() -> None:
    samples = sampled(
        (0.0, 900), (0.09, 100), (0.1, 110), (0.11, 120), (0.5, 5000), (0.99, 150), (1.0, 160), (1.0, 170)
    )
    assert growth(samples, 0.1) == 110
    assert growth(samples, 1.0) == 160
    assert growth(sampled((0.0, 7), (0.3, 9)), 0.1) == 7


def test_a_scaled_soak_has_a_part_of_everything() -> None:
    assert soak.WHOLE.scaled(0.001) == Amounts(5, 1, 1)
    assert soak.WHOLE.scaled(1) == Amounts(5000, 200, 20)


def test_nobody_gets_far_ahead_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    class Told:
        share = 0.0

    work = Work(Amounts(100, 10, 10), Told())  # type: ignore[arg-type]
    waited: list[float] = []
    monkeypatch.setattr(work, "_wait_for_others", waited.append)
    for _ in range(3):
        assert work.next_detection() is not None
        work.finished("detections", "raw")
    work.keep_pace("runs")
    assert waited == [0.01, 0.02, 0.03, 0.1]
    assert Told.share == 0
    assert work.share() == 0
    work.finished("uploads")
    work.finished("runs")
    assert work.share() == 0.03


def test_the_drawing_holds_curves_and_figures() -> None:
    page = draw(sampled((0.0, 1 << 20), (0.2, 2 << 20), (1.0, 2 << 20)), {"resident_100_to_10": 1.0})
    assert "resident MiB" in page
    assert "resident_100_to_10" in page
    assert "<script src=" not in page.replace('<script src="https://cdn', "")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_small_soak_answers_everybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soak, "fill_maps", functools.partial(fill_maps, budget=1))
    soak.main(["--scale", "0.002", "--no-browser", "--out", str(tmp_path / "soak.json")])
    document = json.loads((tmp_path / "soak.json").read_text())
    assert document["failures"] == []
    assert document["kept_before"] == 1
    assert (document["detections"], document["uploads"], document["runs"]) == (10, 1, 1)
    assert set(document["by"]) == {"raw", "client"}
    assert document["raw_calls_failed"] == 0
    assert document["tracebacks"] == 0
    assert (tmp_path / "soak.html").stat().st_size > 100_000
