"""The pictures of a batch outlive its uploads: the latest ones, as links, and without a touch on a person's own files."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.services.batch.originals import LATEST, Originals
from ocrweb.services.files.scratch import scratch_folder
from ocrweb.services.intake.inbox import keep_uploads
from ocrweb.services.intake.sources import Source


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    return tmp_path


def upload(folder: Path, number: int) -> Source:
    given = folder / f"{number}.png"
    given.write_bytes(str(number).encode())
    _, (kept,) = keep_uploads((given,))
    return Source(kept, given.name)


def test_an_upload_can_be_read_when_it_is_gone(tmp_path: Path) -> None:
    source = upload(tmp_path, 1)
    kept = Originals().keep(source)
    source.path.unlink()
    assert kept is not None
    assert (kept.read_bytes(), kept.suffix) == (b"1", ".png")


def test_no_more_than_the_latest_are_kept(tmp_path: Path) -> None:
    originals = Originals()
    kept = [originals.keep(upload(tmp_path, number)) for number in range(LATEST + 3)]
    assert [path.exists() for path in kept if path] == [False] * 3 + [True] * LATEST
    assert len(list(scratch_folder().iterdir())) == LATEST


def test_a_persons_own_file_is_named_and_not_touched(tmp_path: Path) -> None:
    own = tmp_path / "own.png"
    own.write_bytes(b"mine")
    before = own.stat()
    assert Originals().keep(Source(own, "own.png")) == own
    assert (own.stat().st_ctime_ns, own.stat().st_nlink) == (before.st_ctime_ns, 1)


def test_a_page_of_a_document_has_no_file_of_its_own(tmp_path: Path) -> None:
    assert Originals().keep(Source(tmp_path / "a.pdf", "a.pdf#2", page=2)) is None
