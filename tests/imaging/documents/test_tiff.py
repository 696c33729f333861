"""Each page of a TIFF is as light as a picture of its own would be, whatever its bits."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.imaging.documents import tiff
from ocrweb.imaging.documents.opened import Documents
from ocrweb.imaging.documents.tiff import read_frame
from ocrweb.imaging.picture import DEFAULT_LIMITS
from ocrweb.imaging.tiff_pages import page_alone, page_count

PAGE = np.full((20, 30, 3), 250, np.int64)
PAGE[2:6, 3:12] = (20, 60, 200)


def levels(kind: str) -> np.ndarray:
    """The page in so many bits of a number, or in real numbers."""
    top = {"0..1": 1, "0..255": 255}.get(kind) or (1 << int(kind)) - 1
    form = {"8": np.uint8, "0..1": np.float32, "0..255": np.float32}.get(kind, np.uint16)
    return (PAGE * top / 255).astype(form)


@pytest.mark.parametrize("kinds", [("8", "10", "12", "14", "16"), ("14", "8"), ("0..1", "0..255"), ("8", "0..1", "10")])
def test_pages_of_many_bits_are_as_light_as_they_were(kinds: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    assert cv2.imwritemulti(str(path), [levels(kind) for kind in kinds])
    documents = Documents()
    assert documents.pages(path, "scan.tif") == len(kinds)
    for number in range(1, len(kinds) + 1):
        read = documents.read(path, number, "scan.tif", 1000)
        assert np.abs(read.pixels.astype(int) - PAGE).max() <= 1
        assert read.number == number


@pytest.mark.parametrize("kind", ["8", "12", "0..1"])
def test_a_page_that_announces_too_much_is_refused_by_its_number(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "scan.tif"
    assert cv2.imwritemulti(str(path), [levels("8")[:5, :5], levels(kind)])
    monkeypatch.setattr(tiff, "DEFAULT_LIMITS", replace(DEFAULT_LIMITS, side=29))
    read_frame(path, 1, "scan.tif#1")
    with pytest.raises(OcrwebError) as caught:
        read_frame(path, 2, "scan.tif#2")
    assert (caught.value.code, caught.value.where) == ("image.too-long", "scan.tif#2")


def test_a_page_of_many_bits_that_is_cut_is_refused_and_the_one_before_it_read(tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    noise = np.random.default_rng(0).integers(0, 1 << 12, (64, 64, 3)).astype(np.uint16)
    assert cv2.imwritemulti(str(path), [levels("12"), noise])
    whole = path.read_bytes()
    second = int.from_bytes(page_alone(whole, 2)[4:8], "little")
    for end in (second + 20, second):
        path.write_bytes(whole[:end])
        assert read_frame(path, 1, "scan.tif#1").pixels.shape == PAGE.shape
        with pytest.raises(OcrwebError) as caught:
            read_frame(path, 2, "scan.tif#2")
        assert caught.value.code in ("image.damaged", "image.truncated")
        assert caught.value.where == "scan.tif#2"


@pytest.mark.parametrize(("order", "word"), [("little", b"II"), ("big", b"MM")])
@pytest.mark.parametrize("big", [False, True])
def test_a_chain_of_pages_that_goes_in_a_circle_ends(big: bool, order: str, word: bytes) -> None:
    wide, counted = (8, 8) if big else (4, 2)
    start = 16 if big else 8

    def number(value: int, length: int) -> bytes:
        return value.to_bytes(length, order)  # type: ignore[arg-type]

    head = word + (number(43, 2) + number(8, 2) + number(0, 2) if big else number(42, 2)) + number(start, wide)
    second = start + counted + wide
    data = head + number(0, counted) + number(second, wide) + number(0, counted) + number(start, wide)
    assert page_count(data) == 2
    assert page_count(page_alone(data, 2)) == 1
    for end in (second, len(data) - 1):
        with pytest.raises(struct.error):
            page_count(data[:end])
        assert page_count(page_alone(data[:end], 1)) == 1
    with pytest.raises(LookupError):
        page_alone(data, 3)
