"""A picture is looked at once more only when it, or the model, is another one."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.detect import again
from ocrweb.services.files.recent import Recent


def test_a_picture_is_looked_at_once_as_long_as_neither_it_nor_the_model_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamps = {"a": 1, "b": 1}
    looks: list[tuple[str, str, str]] = []

    def request(model: str) -> Any:
        return SimpleNamespace(
            name=model,
            detector=lambda: SimpleNamespace(model=model, entry=SimpleNamespace(stamp=lambda: stamps[model])),
        )

    def look(picture: Path, asked: Any, shown: str) -> Any:
        looks.append((picture.name, asked.name, shown))
        return SimpleNamespace(handle=f"handle {len(looks)}")

    monkeypatch.setattr(again, "DetectRequest", request)
    monkeypatch.setattr(again, "detect_picture", look)
    monkeypatch.setattr(again, "heat", lambda handle: f"heat of {handle}")
    monkeypatch.setattr(again, "_looked", Recent(again.REMEMBERED))
    picture, other = tmp_path / "p.png", tmp_path / "q.png"
    for file in (picture, other):
        file.write_bytes(b"1")
        os.utime(file, (100, 100))
    first = again.look_again(picture, "a")
    assert again.look_again(picture, "a") is first
    assert again.heat_again(picture, "a") == "heat of handle 1"  # type: ignore[comparison-overlap]
    again.look_again(picture, "b")
    again.look_again(other, "a")
    assert looks == [("p.png", "a", "p.png"), ("p.png", "b", "p.png"), ("q.png", "a", "q.png")]
    stamps["a"] = 2
    again.look_again(picture, "a")
    picture.write_bytes(b"22")
    os.utime(picture, (100, 100))
    again.look_again(picture, "a")
    os.utime(picture, (101, 101))
    again.look_again(picture, "a")
    assert len(looks) == 6
    picture.unlink()
    with pytest.raises(OcrwebError, match=r"image\.missing"):
        again.look_again(picture, "a")
