"""A process that answers visitors tells files without the folders of its machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.messages import places
from ocrweb.ui.page.server import keep_places


@pytest.fixture
def console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / ".ocrweb" / "uploads"))
    keep_places()
    yield tmp_path
    places.keep_to_yourself()


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        (".ocrweb/uploads/82a5/b.zip", "b.zip"),
        (".ocrweb/inbox/12ab/0/b.zip", "b.zip"),
        (".ocrweb/tmp/.unpacked-1-a/content/a/1.jpg", "a/1.jpg"),
        ("datasets/mine/train_gts/1.txt", "datasets/mine/train_gts/1.txt"),
    ],
)
def test_a_file_is_told_without_where_it_lies(console: Path, inside: str, told: str) -> None:
    error = OcrwebError("batch.no-pictures", where=str(console / inside), path=f"x, {console / inside}")
    assert error.message("en").startswith(f"{told}: ")
    assert f"x, {told}." in error.message("en")
    assert str(console) not in error.message("zh") + error.hint("en")


def test_what_only_begins_alike_is_told_whole(console: Path) -> None:
    for other in (f"{console}2/a.png", f"/mnt{console}/a.png", str(console)):
        assert other in OcrwebError("batch.no-pictures", path=other).message("en")


def test_the_command_line_tells_whole_paths(tmp_path: Path) -> None:
    assert places.told(str(tmp_path / "a.png")) == str(tmp_path / "a.png")
