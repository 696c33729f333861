"""PNG files that every reader takes."""

from __future__ import annotations

import io
import sys

import cv2
import numpy as np
import pytest
from PIL import Image

from ocrweb.imaging import png
from ocrweb.imaging.encode import encode_picture
from ocrweb.imaging.png import png_of

pytest.importorskip("isal")


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, shape, np.uint8)


def photo(height: int, width: int) -> np.ndarray:
    """Soft shades under grain, as a camera gives them."""
    slope = np.add.outer(np.arange(height), np.arange(width))[..., None] / 4
    return (slope + np.array([0, 40, 90]) + noise(height, width, 3) % 12).astype(np.uint8)


def page(height: int, width: int) -> np.ndarray:
    """Lines of dark strokes on paper."""
    made = np.full((height, width, 3), 245, np.uint8) - noise(height, width, 1) % 3
    for top in range(20, height - 30, 30):
        made[top : top + 14, 30:-30][noise(14, width - 60) < 90] = 30
    return made


PICTURES = {
    "noise": noise(33, 45, 3),
    "gray": noise(33, 45),
    "gray with an axis": noise(33, 45, 1),
    "one pixel": noise(1, 1, 3),
    "one column": noise(40, 1, 3),
    "one row": noise(1, 40),
    "turned": noise(45, 33, 3).transpose(1, 0, 2),
    "a part of another": photo(90, 120)[11:70:2, 7:90],
    "several bands": photo(700, 900),
    "a row longer than a band": noise(2, png.BAND // 3 + 5, 3),
}


@pytest.mark.parametrize("name", PICTURES)
def test_the_pixels_come_back_in_every_reader(name: str) -> None:
    pixels = PICTURES[name]
    written = png_of(pixels)
    assert written is not None
    expected = pixels[..., 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels
    read = cv2.imdecode(np.frombuffer(written, np.uint8), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(read, expected)
    with Image.open(io.BytesIO(written)) as opened:
        opened.verify()  # checks the sums of all parts
    with Image.open(io.BytesIO(written)) as opened:
        np.testing.assert_array_equal(np.asarray(opened), expected[..., ::-1] if expected.ndim == 3 else expected)


@pytest.mark.parametrize("pixels", [photo(600, 800), page(900, 640)], ids=["photo", "page"])
def test_a_file_is_about_as_large_as_opencvs_or_smaller(pixels: np.ndarray) -> None:
    written = encode_picture(pixels, ".png")
    assert written == png_of(pixels)
    assert len(written) < 1.05 * len(cv2.imencode(".png", pixels)[1])


@pytest.mark.parametrize("pixels", [noise(4, 4, 4), noise(4, 4).astype(np.uint16), noise(0, 4, 3)])
def test_what_it_does_not_write_is_left_to_opencv(pixels: np.ndarray) -> None:
    assert png_of(pixels) is None


def test_without_the_library_opencv_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "isal", None)
    pixels = PICTURES["noise"]
    assert png_of(pixels) is None
    np.testing.assert_array_equal(cv2.imdecode(np.frombuffer(encode_picture(pixels, ".png"), np.uint8), 1), pixels)
