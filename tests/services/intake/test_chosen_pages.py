from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.intake.chosen_pages import chosen_pages, write_pages
from ocrweb.services.intake.sources import open_sources
from tests.imaging.documents.made import pdf


@pytest.mark.parametrize(
    ("pages", "written"), [((3,), "3"), ((1, 2), "1-2"), ((2, 3, 4, 9), "2-4,9"), ((1, 3, 5, 6), "1,3,5-6")]
)
def test_pages_are_written_and_read_alike(tmp_path: Path, pages: tuple[int, ...], written: str) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"x")
    named = write_pages(str(file), pages)
    assert named == f"{file}#{written}"
    path, ranges = chosen_pages(Path(named))
    assert path == file
    assert tuple(page for first, last in ranges for page in range(first, last + 1)) == pages


@pytest.mark.parametrize("name", ["a.pdf#", "a.pdf#x", "a.pdf#1-", "a.jpg#1", "b.pdf#1"])
def test_other_names_are_paths(tmp_path: Path, name: str) -> None:
    for there in ("a.pdf", "a.jpg"):
        (tmp_path / there).write_bytes(b"x")
    assert chosen_pages(tmp_path / name) == (tmp_path / name, ())


def test_a_file_of_that_very_name_is_itself(tmp_path: Path) -> None:
    for there in ("a.pdf", "a.pdf#1"):
        (tmp_path / there).write_bytes(b"x")
    assert chosen_pages(tmp_path / "a.pdf#1") == (tmp_path / "a.pdf#1", ())


def test_only_the_pages_named_are_read_and_none_is_said(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(pdf(["one", "two", "three"]))
    with open_sources([Path(f"{file}#2-3")], names_only=True) as sources:
        assert [source.shown for source in sources] == ["a.pdf#2", "a.pdf#3"]
    with pytest.raises(OcrwebError, match="no-pictures"), open_sources([Path(f"{file}#4")]):
        pass
