"""Probability map → regions equals PaddleOCR's DBPostProcess.

golden/dbpostprocess.npz holds maps and what PaddleOCR's own code made of them at thresholds 0.3 and 0.6, unclip ratio 1.5,
in the order of the contours, with OpenCV 4.11 or later: until then it filled polygons in another way.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocrweb.config.detection import DecodeOptions
from ocrweb.geometry.polygon import signed_area
from ocrweb.runtime.decode import decode
from ocrweb.runtime.order import reading_order
from ocrweb.runtime.transform import PageTransform

FOLDER = Path(__file__).parent.parent / "golden"
GOLDEN = dict(np.load(FOLDER / "dbpostprocess.npz"))
PAGES = ["rotated", "lines", "edges_holes_tiny", "many_candidates", "empty"]
USUAL = DecodeOptions(threshold=0.3, box_threshold=0.6)


def page_of(name: str) -> tuple[np.ndarray, PageTransform]:
    probabilities = GOLDEN[f"{name}/map"].astype(np.float32)
    width, height = GOLDEN[f"{name}/picture_size"].tolist()
    return probabilities, PageTransform.stretched(width, height, probabilities.shape[1], probabilities.shape[0])


def match(found: list[np.ndarray], expected: list[np.ndarray]) -> list[int]:
    """For each found outline, in whole pixels, the index of the expected one that equals it within 1 pixel, each used once."""
    assert len(found) == len(expected)
    corners = np.array([outline.min(axis=0) for outline in expected]).reshape(-1, 2)
    left, partners = set(range(len(expected))), []
    for outline in found:
        near = np.flatnonzero(np.abs(corners - outline.min(axis=0)).max(axis=1) <= 1)
        partner = next((i for i in near.tolist() if i in left and far_apart(expected[i], outline) <= 1), None)
        assert partner is not None, f"unexpected {outline.tolist()}"
        left.remove(partner)
        partners.append(partner)
    return partners


def far_apart(a: np.ndarray, b: np.ndarray) -> float:
    """Largest distance along an axis between corresponding points; of outlines the first point and direction do not matter."""
    if len(a) != len(b):
        return np.inf
    if len(a) == 4:
        return float(np.abs(a - b).max())
    turns = [np.roll(direction, shift, axis=0) for direction in (b, b[::-1]) for shift in range(len(b))]
    return min(float(np.abs(a - turned).max()) for turned in turns)


@pytest.mark.parametrize("score_mode", ["fast", "slow"])
@pytest.mark.parametrize("name", PAGES)
def test_quads_and_scores_equal_paddleocr(name: str, score_mode: str) -> None:
    regions = decode(*page_of(name), USUAL.model_copy(update={"score_mode": score_mode}))
    expected = GOLDEN[f"{name}/{score_mode}_quad/boxes"].astype(float)
    partners = match([region.quad.round() for region in regions], list(expected))
    scores = GOLDEN[f"{name}/{score_mode}_quad/scores"][partners]
    assert np.abs(scores - [region.score for region in regions]).max(initial=0) <= 1e-3


@pytest.mark.parametrize("score_mode", ["fast", "slow"])
@pytest.mark.parametrize("name", PAGES)
def test_outlines_and_scores_equal_paddleocr(name: str, score_mode: str) -> None:
    regions = decode(*page_of(name), USUAL.model_copy(update={"score_mode": score_mode, "shape": "polygon"}))
    counts = GOLDEN[f"{name}/fast_poly/counts"]
    expected = np.split(GOLDEN[f"{name}/fast_poly/points"].astype(float), np.cumsum(counts))[: len(counts)]
    partners = match([np.asarray(region.outline).round() for region in regions], expected)
    scores = GOLDEN[f"{name}/fast_poly/scores"][partners]
    assert np.abs(scores - [region.score for region in regions]).max(initial=0) <= 1e-3
    assert all(signed_area(region.outline) > 0 for region in regions if region.outline is not None)


def test_only_the_first_candidates_are_looked_at() -> None:
    probabilities, page = page_of("many_candidates")
    assert len(decode(probabilities, page, USUAL)) == 866
    assert len(decode(probabilities, page, USUAL.model_copy(update={"max_candidates": 10}))) <= 10
    assert len(decode(probabilities, page, USUAL.model_copy(update={"max_candidates": 5000}))) > 866


def test_padding_is_not_read() -> None:
    probabilities = np.zeros((96, 128), np.float32)
    probabilities[20:30, 10:60] = 0.9
    probabilities[70:90, 100:120] = 0.9  # noise in the padding
    page = PageTransform(192, 128, 96, 64, 128, 96, scale_x=0.5, scale_y=0.5)
    (region,) = decode(probabilities, page, USUAL)
    assert region.score == pytest.approx(0.9)
    left, top = region.quad[0]
    assert 0 <= left < 20
    assert 20 < top < 40


@pytest.mark.parametrize("shape", ["quad", "polygon"])
@pytest.mark.parametrize("scale", [1, 2])
def test_a_region_lies_where_its_pixels_are(shape: str, scale: int) -> None:
    """Pixels 20 to 99 reach from 20 to 100: the middle is 60, not 59.5."""
    probabilities = np.zeros((64, 128), np.float32)
    probabilities[24:40, 20:100] = 0.9
    page = PageTransform.stretched(128 * scale, 64 * scale, 128, 64)
    (region,) = decode(probabilities, page, USUAL.model_copy(update={"shape": shape}))
    outline = region.quad if region.outline is None else region.outline
    middle = (outline.min(axis=0) + outline.max(axis=0)) / 2
    assert middle.tolist() == pytest.approx([60 * scale, 32 * scale], abs=0.1)


def test_a_lower_threshold_shows_weaker_text() -> None:
    probabilities = np.zeros((64, 128), np.float32)
    probabilities[10:20, 10:100] = 0.9
    probabilities[40:50, 10:100] = 0.15
    page = PageTransform.stretched(128, 64, 128, 64)
    found = [len(decode(probabilities, page, DecodeOptions(threshold=t))) for t in (0.05, 0.2, 0.95)]
    assert found == [2, 1, 0]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 80),
    st.integers(1, 80),
    st.sampled_from(["quad", "polygon"]),
    st.sampled_from(["fast", "slow"]),
    st.floats(0, 1),
    st.integers(1, 5),
)
def test_decode_never_raises_and_stays_in_the_picture(
    seed: int, height: int, width: int, shape: str, score_mode: str, threshold: float, min_size: int
) -> None:
    random = np.random.default_rng(seed)
    coarse = random.random((height // 6 + 1, width // 6 + 1), np.float32)
    probabilities = np.kron(coarse, np.ones((6, 6), np.float32))[:height, :width]
    options = DecodeOptions(threshold=threshold, box_threshold=0, shape=shape, score_mode=score_mode, min_size=min_size)
    regions = decode(probabilities, PageTransform.stretched(3 * width, 2 * height, width, height), options)
    for region in regions:
        assert 0 <= region.score <= 1
        for points in (region.quad, region.quad if region.outline is None else region.outline):
            assert points.dtype == np.float32
            assert points.min() >= 0
            assert (points.max(axis=0) <= [3 * width, 2 * height]).all()
        assert (region.outline is not None) == (shape == "polygon")


def test_regions_come_in_reading_order() -> None:
    regions = decode(*page_of("lines"), USUAL)
    assert [id(region) for region in reading_order(regions)] == [id(region) for region in regions]


def drawn(*texts: tuple[int, int, int, int, float]) -> tuple[np.ndarray, PageTransform]:
    """A map of 128 x 96 pixels, as large as its picture: left, top, width, height and probability of each text."""
    probabilities = np.zeros((96, 128), np.float32)
    for left, top, width, height, probability in texts:
        probabilities[top : top + height, left : left + width] = probability
    return probabilities, PageTransform.stretched(128, 96, 128, 96)


@pytest.mark.parametrize("shape", ["quad", "polygon"])
def test_a_pixel_must_exceed_the_threshold_and_a_region_reach_the_box_threshold(shape: str) -> None:
    half, options = drawn((20, 20, 60, 12, 0.5)), {"shape": shape}
    assert decode(*half, DecodeOptions(threshold=0.5, box_threshold=0.5, **options)) == []  # type: ignore[arg-type]
    assert len(decode(*half, DecodeOptions(threshold=0.4, box_threshold=0.5, **options))) == 1  # type: ignore[arg-type]
    assert decode(*half, DecodeOptions(threshold=0.4, box_threshold=0.51, **options)) == []  # type: ignore[arg-type]


def test_a_kernel_as_thick_as_the_least_counts_and_a_thinner_one_does_not() -> None:
    """Six pixels are five from middle to middle."""
    thick, thin = drawn((20, 20, 60, 6, 0.9)), drawn((20, 20, 60, 5, 0.9))
    options = DecodeOptions(threshold=0.3, box_threshold=0.6, min_size=5)
    assert len(decode(*thick, options)) == 1
    assert decode(*thin, options) == []


@pytest.mark.parametrize("shape", ["quad", "polygon"])
def test_a_kernel_that_hardly_grows_is_no_text(shape: str) -> None:
    options = DecodeOptions(threshold=0.3, box_threshold=0.6, min_size=3, shape=shape)  # type: ignore[arg-type]
    kernel = drawn((20, 20, 60, 4, 0.9))
    assert len(decode(*kernel, options)) == 1
    assert decode(*kernel, options.model_copy(update={"unclip_ratio": 0.1})) == []


def test_each_tile_may_hold_as_many_candidates() -> None:
    page = drawn(*((10, 8 + 20 * row, 100, 8, 0.9) for row in range(4)))
    options = DecodeOptions(threshold=0.3, box_threshold=0.6, max_candidates=2)
    assert [len(decode(*page, options, tiles=tiles)) for tiles in (1, 2, 3)] == [2, 4, 4]


def test_an_outline_is_the_regions_own_and_grown_by_the_ratio_asked_for() -> None:
    page = drawn((20, 40, 60, 12, 0.9))
    heights = []
    for ratio in (1.0, 2.0):
        (region,) = decode(*page, DecodeOptions(threshold=0.3, box_threshold=0.6, shape="polygon", unclip_ratio=ratio))
        assert region.outline is not None
        heights.append((np.ptp(region.outline[:, 1]), np.ptp(region.quad[:, 1])))
    assert heights[0][0] < heights[1][0]
    assert all(outline == pytest.approx(quad, abs=1) for outline, quad in heights)


def test_as_with_paddleocr_a_triangle_is_no_text_in_polygon_mode() -> None:
    probabilities, page = drawn()
    cv2.fillPoly(probabilities, [np.array([[20, 20], [100, 20], [60, 70]])], 0.9)
    options = DecodeOptions(threshold=0.3, box_threshold=0.3, shape="polygon")
    assert decode(probabilities, page, options) == []
    assert len(decode(probabilities, page, options.model_copy(update={"shape": "quad"}))) == 1
