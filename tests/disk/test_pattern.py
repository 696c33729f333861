"""A pattern in quotes names what a shell would have named."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.disk.pattern import expanded
from ocrweb.errors import OcrwebError

FILES = ("scans/2.jpg", "scans/10.jpg", "scans/b/3.jpg", "scans/b/note.txt", "票/a[1].png")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("scans/*.jpg", ["scans/2.jpg", "scans/10.jpg"]),
        ("scans/**/*.jpg", ["scans/2.jpg", "scans/10.jpg", "scans/b/3.jpg"]),
        ("scans/[0-9].jpg", ["scans/2.jpg"]),
        ("*/a*.png", ["票/a[1].png"]),
        pytest.param("scans/**", ["scans"], id="what lies in a folder is left to it"),
        pytest.param("票/a[1].png", ["票/a[1].png"], id="a file of that very name"),
        pytest.param("scans/none.jpg", ["scans/none.jpg"], id="no pattern"),
        pytest.param("s3://bucket/*.jpg", ["s3:/bucket/*.jpg"], id="an address"),
        pytest.param("scans/a.pdf#2", ["scans/a.pdf#2"], id="pages of a document"),
    ],
)
def test_what_a_pattern_names(given: str, found: list[str]) -> None:
    assert list(map(str, expanded([Path(given)]))) == found


def test_patterns_keep_their_order() -> None:
    assert list(map(str, expanded([Path("票/*"), Path("scans/?.jpg")]))) == ["票/a[1].png", "scans/2.jpg"]


@pytest.mark.parametrize("given", ["scans/*.png", "nowhere/**/*.jpg", "票/a[2].png"])
def test_one_that_matches_nothing_is_said(given: str) -> None:
    with pytest.raises(OcrwebError) as caught:
        expanded([Path(given)])
    assert caught.value.code == "usage.no-match"
    assert caught.value.params["pattern"] == given
