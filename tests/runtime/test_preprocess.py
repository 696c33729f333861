"""Picture → network input equals PaddleOCR's, maps back exactly, and takes pictures of any size."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocrweb.config.detection import ResizeOptions
from ocrweb.runtime.card import IMAGENET_MEAN, IMAGENET_STD
from ocrweb.runtime.preprocess import MAX_AREA, MAX_SIDE, _normalised, canvas_size, network_size, prepare
from ocrweb.runtime.transform import PageTransform


def noise(width: int, height: int) -> np.ndarray:
    return np.random.default_rng(width * 7 + height).integers(0, 256, (height, width, 3), np.uint8)


def paddleocr_size(width: int, height: int, limit: int, limit_type: str) -> tuple[int, int]:
    """DetResizeForTest.resize_image_type0, without its cap."""
    ratio = 1.0
    if limit_type == "max" and max(height, width) > limit:
        ratio = float(limit) / (height if height > width else width)
    if limit_type == "min" and min(height, width) < limit:
        ratio = float(limit) / (height if height < width else width)
    high, wide = int(height * ratio), int(width * ratio)
    return max(int(round(wide / 32) * 32), 32), max(int(round(high / 32) * 32), 32)


@given(
    st.integers(32, 2000),
    st.integers(32, 2000),
    st.sampled_from([32, 320, 736, 960, 1280]),
    st.sampled_from(["max", "min"]),
)
def test_the_size_equals_paddleocr(width: int, height: int, limit: int, limit_type: str) -> None:
    expected = paddleocr_size(width, height, limit, limit_type)
    if limit_type == "min" and (max(expected) > MAX_SIDE - 32 or expected[0] * expected[1] > MAX_AREA * 0.95):
        return
    assert network_size(width, height, ResizeOptions(limit_side=limit, limit_type=limit_type)) == expected


def test_the_blob_equals_resize_then_normalise() -> None:
    pixels = noise(500, 333)
    made = prepare(pixels, ResizeOptions(limit_side=320), IMAGENET_MEAN, IMAGENET_STD)
    resized = cv2.resize(pixels, (320, 224)).astype(np.float32)
    expected = ((resized / 255 - np.float32(IMAGENET_MEAN)) / np.float32(IMAGENET_STD)).transpose(2, 0, 1)[None]
    assert made.blob.shape == (1, 3, 224, 320)
    assert made.blob.dtype == np.float32
    assert np.abs(made.blob - expected).max() < 1e-5


@pytest.mark.parametrize("limit_type", ["max", "min"])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 20000), (20000, 3), (31, 32), (40, 20), (33, 1)])
def test_tiny_and_extreme_pictures_are_taken(width: int, height: int, limit_type: str) -> None:
    made = prepare(noise(width, height), ResizeOptions(limit_side=736, limit_type=limit_type), (0, 0, 0), (1, 1, 1))
    assert made.blob.shape[2] % 32 == made.blob.shape[3] % 32 == 0
    assert max(made.blob.shape) <= MAX_SIDE


@pytest.mark.parametrize(("width", "height"), [(9000, 9000), (30000, 200), (100, 60000), (4000, 3000)])
def test_the_shortest_side_rule_cannot_exhaust_the_memory(width: int, height: int) -> None:
    wide, high = network_size(width, height, ResizeOptions(limit_side=736, limit_type="min"))
    assert max(wide, high) <= MAX_SIDE
    assert wide * high <= MAX_AREA * 1.02


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 300), st.integers(1, 300), st.sampled_from([64, 160]))
def test_points_of_the_network_go_back_exactly(width: int, height: int, limit: int) -> None:
    page = prepare(noise(width, height), ResizeOptions(limit_side=limit), (0, 0, 0), (1, 1, 1)).page
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height], [width / 3, height / 7]])
    there = corners * [page.scale_x, page.scale_y]
    assert np.abs(page.to_picture(there) - corners).max() <= 1e-3
    assert (there.max(axis=0) <= [page.resized_width + 1e-3, page.resized_height + 1e-3]).all()
    far = page.to_picture(np.array([[-50.0, 1e6]]))
    assert far.tolist() == [[0, height]]


def test_a_tiny_picture_gets_a_margin_of_its_grounds_colour_instead_of_being_distorted() -> None:
    picture = np.zeros((10, 20, 3), np.uint8)
    picture[4:6, 5:15] = 255
    made = prepare(picture, ResizeOptions(limit_side=96), (0, 0, 0), (1, 1, 1))
    assert made.blob.shape == (1, 3, 96, 96)
    assert made.blob.sum() == 2 * 10 * 3
    assert prepare(255 - picture, ResizeOptions(limit_side=96), (0, 0, 0), (1, 1, 1)).blob[0, 0, 10:, 20:].min() == 1
    assert made.page.to_picture(np.array([[20.0, 10.0]])).tolist() == [[20, 10]]


def test_a_picture_of_ordinary_size_gets_no_margin() -> None:
    assert [canvas_size(64, 3), canvas_size(3, 64), canvas_size(640, 480)] == [(64, 3), (3, 64), (640, 480)]


def test_what_a_page_is_padded_with_is_nought_in_every_channel() -> None:
    picture, page = noise(20, 10), PageTransform(20, 10, 20, 10, 32, 32, 1.0, 1.0)
    blob = _normalised(picture, page, IMAGENET_MEAN, IMAGENET_STD)
    plain = _normalised(picture, PageTransform(20, 10, 20, 10, 20, 10, 1.0, 1.0), IMAGENET_MEAN, IMAGENET_STD)
    assert (blob.shape, plain.shape) == ((1, 3, 32, 32), (1, 3, 10, 20))
    np.testing.assert_array_equal(blob[:, :, :10, :20], plain)
    assert not blob[:, :, 10:].any()
    assert not blob[:, :, :, 20:].any()
    for channel in range(3):
        level = (picture[3, 5, channel] / 255 - IMAGENET_MEAN[channel]) / IMAGENET_STD[channel]
        assert plain[0, channel, 3, 5] == pytest.approx(level, rel=1e-5)
