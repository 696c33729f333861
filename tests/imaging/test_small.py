"""Thumbnails: the picture as a person sees it, decoded no further than it is shown."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.imaging import picture as decoding
from ocrweb.imaging.picture import read_picture
from ocrweb.imaging.small import read_small
from tests.imaging.pictures import saved, with_orientation

HIGH, WIDE = 421, 303


@pytest.fixture
def page() -> np.ndarray:
    """Soft shapes, different in each corner: (421, 303, 3) RGB."""
    rows, columns = np.mgrid[0:HIGH, 0:WIDE]
    return np.stack([rows * 255 // HIGH, columns * 255 // WIDE, (rows + columns) * 255 // (HIGH + WIDE)], -1).astype(
        np.uint8
    )


@pytest.mark.parametrize("orientation", [1, 3, 6])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("side", [40, 100, 210])
def test_a_thumbnail_is_the_picture_shrunk(
    page: np.ndarray, kind: str, orientation: int, side: int, tmp_path: Path
) -> None:
    file = tmp_path / "p"
    file.write_bytes(saved(page, kind, exif=with_orientation(orientation)))
    whole, small = read_picture(file), read_small(file, side)
    scale = side / HIGH
    size = round(whole.width * scale), round(whole.height * scale)
    assert (small.width, small.height) == (whole.width, whole.height)
    assert small.pixels.shape == (size[1], size[0], 3)
    shrunk = cv2.resize(whole.pixels, size, interpolation=cv2.INTER_AREA)
    assert np.abs(small.pixels.astype(int) - shrunk).mean() < 2


def test_a_jpeg_is_decoded_at_a_part_of_its_size_and_never_below_what_is_shown(
    page: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "p.jpg"
    file.write_bytes(saved(page, "JPEG"))
    decoded = []
    upright = decoding.turn_upright
    monkeypatch.setattr(
        decoding, "turn_upright", lambda pixels, way: decoded.append(pixels.shape[0]) or upright(pixels, way)
    )
    for side in (52, 53, 105, 210, 211, 421, 1000):
        assert max(read_small(file, side).pixels.shape) == min(side, HIGH)
    assert decoded == [53, 106, 106, 211, 421, 421, 421]


def test_a_small_picture_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "p.png"
    file.write_bytes(saved(np.full((5, 3, 3), 77, np.uint8), "PNG"))
    assert read_small(file, 96).pixels.shape == (5, 3, 3)


@pytest.mark.parametrize("kept", [0.5, 0.98])
def test_a_cut_picture_is_refused_as_a_whole_one_is(page: np.ndarray, kept: float, tmp_path: Path) -> None:
    file, content = tmp_path / "p.jpg", saved(page, "JPEG")
    file.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(OcrwebError) as told:
        read_picture(file)
    with pytest.raises(OcrwebError) as told_small:
        read_small(file, 96)
    with pytest.raises(OcrwebError) as told_by_name:
        read_small(file, 96, name="shown.jpg")
    assert told.value.code == told_small.value.code
    assert (told_small.value.where, told_by_name.value.where) == (str(file), "shown.jpg")
