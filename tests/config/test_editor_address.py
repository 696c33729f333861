"""A picture of a stored dataset has an address at which its labels are corrected; another has none."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest

from ocrweb.config.editor_address import address_of


@pytest.mark.parametrize(
    ("place", "asked"),
    [
        ("datasets/收据/train_images/a&b 1.png", {"dataset": ["收据"], "picture": ["train_images/a&b 1.png"]}),
        (
            "workdirs/20260101_120000_shop/labelled/收据/train_images/1.png",
            {"dataset": ["收据"], "picture": ["train_images/1.png"]},
        ),
        ("elsewhere/train_images/1.png", None),
        ("datasets/1.png", None),
    ],
    ids=["in a stored dataset", "in a copy of one", "elsewhere", "in none"],
)
def test_the_address_of_a_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, asked: dict[str, list[str]] | None
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    (tmp_path / "datasets" / "收据").mkdir(parents=True)
    address = address_of(tmp_path / place)
    assert (parse_qs(urlparse(address).query) if address else None) == asked
