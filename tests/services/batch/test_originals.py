"""The pictures of a batch outlive its uploads: the latest ones, as links, and without a touch on a person's own files."""

from __future__ import annotations

import contextlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ocrweb.errors import OcrwebError
from ocrweb.imaging.documents.opened import Documents
from ocrweb.services.batch.originals import LATEST, Original, Originals, shown_original
from ocrweb.services.files.scratch import scratch_folder
from ocrweb.services.intake.inbox import keep_uploads
from ocrweb.services.intake.sources import Source
from tests.imaging.documents.made import pdf


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
    assert (kept.path.read_bytes(), kept.path.suffix, kept.page) == (b"1", ".png", None)


def test_no_more_than_the_latest_are_kept(tmp_path: Path) -> None:
    originals = Originals()
    kept = [originals.keep(upload(tmp_path, number)) for number in range(LATEST + 3)]
    assert [one.path.exists() for one in kept if one] == [False] * 3 + [True] * LATEST
    assert len(list(scratch_folder().iterdir())) == LATEST


def test_a_persons_own_file_is_named_and_not_touched(tmp_path: Path) -> None:
    own = tmp_path / "own.png"
    own.write_bytes(b"mine")
    before = own.stat()
    assert Originals().keep(Source(own, "own.png")) == Original(own)
    assert (own.stat().st_ctime_ns, own.stat().st_nlink) == (before.st_ctime_ns, 1)


@pytest.mark.parametrize("name", ["two.pdf", "two.tiff"])
def test_a_page_is_shown_as_it_was_when_its_boxes_were_found_and_outlives_the_upload(name: str, tmp_path: Path) -> None:
    given = tmp_path / name
    if name == "two.pdf":
        given.write_bytes(pdf(["first", "second"], size=(420, 594)))
    else:
        pages = [Image.new("RGB", (60, 40), (255, 255, 255)), Image.new("RGB", (40, 60), (0, 0, 0))]
        pages[0].save(given, save_all=True, append_images=pages[1:])
    _, (uploaded,) = keep_uploads((given,))
    with contextlib.closing(Documents()) as documents:
        drawn = Source(uploaded, f"{name}#2", page=2, documents=documents).read_page(1000)
    assert drawn is not None
    kept = Originals().keep(Source(uploaded, f"{name}#2", page=2))
    assert kept is not None
    uploaded.unlink()
    height, width = drawn.pixels.shape[:2]
    shown = cv2.imread(shown_original(kept, f"{name}#2", (width, height)))
    assert shown.shape == drawn.pixels.shape
    assert np.abs(shown.astype(int) - drawn.pixels).mean() < 2
    smaller = cv2.imread(shown_original(kept, f"{name}#2", (width - 3, height - 5)))
    assert smaller.shape == (height - 5, width - 3, 3)


def test_what_was_no_picture_has_none(tmp_path: Path) -> None:
    refused = Source(tmp_path / "a.pdf", "a.pdf", error=OcrwebError("image.missing", where="a.pdf"))
    assert Originals().keep(refused) is None
    with pytest.raises(OcrwebError, match=r"image\.missing"):
        shown_original(Original(tmp_path / "a.pdf", 2), "a.pdf#2")
