"""A run's own copy of some pictures leads to the dataset that they were taken from."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.config import paths
from ocrweb.config.own_dataset import taken_from


@pytest.mark.parametrize(
    ("place", "origin"),
    [
        ("workdirs/20260101_120000_shop/labelled/shop", "datasets/shop"),
        ("workdirs/20260101_120000_shop/labelled/shop/train_images/1.png", "datasets/shop/train_images/1.png"),
        ("workdirs/20260101_120000_shop/labelled/gone/train_images/1.png", None),
        ("workdirs/20260101_120000_shop/samples/shop/1.png", None),
        ("workdirs/20260101_120000_shop", None),
        ("datasets/shop", None),
        ("elsewhere/20260101_120000_shop/labelled/shop", None),
    ],
)
def test_where_it_was_taken_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, origin: str | None
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    (paths.datasets_dir() / "shop").mkdir(parents=True)
    assert taken_from(tmp_path / place) == (origin and tmp_path / origin)
