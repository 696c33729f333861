"""A rendered dataset: as many processes as pay, and what is told of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocrweb.services.datasets import sample_data


@pytest.mark.parametrize(
    ("train", "test", "cores", "workers"),
    [(1, 0, 8, 1), (40, 7, 8, 1), (40, 8, 8, 2), (500, 100, 8, 8), (500, 100, None, 1), (72, 0, 8, 3)],
)
def test_a_process_more_pays_from_two_dozen_pages(
    train: int, test: int, cores: int | None, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    clock = iter((10.0, 12.3456))
    monkeypatch.setattr(sample_data.os, "cpu_count", lambda: cores)
    monkeypatch.setattr(sample_data.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(sample_data, "render_dataset", lambda *given, **more: asked.append((given, more)))
    made = sample_data.make_sample_data(Path("/out"), train, test, 7)
    assert asked == [((Path("/out"), train, test, 7, None), {"workers": workers})]
    assert made.to_dict() == {"path": "/out", "train": train, "test": test, "seed": 7, "seconds": 2.35}


def test_without_a_word_forty_pages_are_to_train_on_and_ten_to_test(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(sample_data, "render_dataset", lambda *given, **more: asked.append(given[1:4]))
    sample_data.make_sample_data(Path("/out"))
    assert asked == [(40, 10, 0)]
