"""Target maps equal the published ones, and no polygon breaks them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ocrweb.data.targets import TargetMaps, make_targets

GOLDEN = Path(__file__).parent.parent / "golden"
CASES = ("sroie000", "sroie011", "sroie020", "handmade")
SIZE = 640


@pytest.fixture(scope="module")
def golden() -> dict[str, np.ndarray]:
    """PaddleOCR's maps, drawn by OpenCV 4.11 or later: until then it filled polygons in another way."""
    return dict(np.load(GOLDEN / "targets.npz"))


def unpacked(golden: dict[str, np.ndarray], name: str) -> np.ndarray:
    return np.unpackbits(golden[f"{name}_packed"]).reshape(SIZE, SIZE)


def targets_of(golden: dict[str, np.ndarray], case: str) -> TargetMaps:
    return make_targets(golden[f"{case}/polys"], golden[f"{case}/ignore_in"], SIZE, SIZE)


def seen_from(pixels: np.ndarray, begin: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distance of pixels (T, 2) to a side, and where the published shortcut for it is wrong."""
    side = end - begin
    share = np.clip((pixels - begin) @ side / (side @ side), 0, 1)
    distance = np.hypot(*(pixels - begin - share[:, None] * side).T)
    outside_circle = ((pixels - begin) * (pixels - end)).sum(axis=1) > 0
    return distance, outside_circle & (share > 0) & (share < 1)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", ["shrink_map", "shrink_mask", "threshold_mask"])
def test_masks_equal_the_published_ones_pixel_by_pixel(golden: dict[str, np.ndarray], case: str, name: str) -> None:
    assert np.array_equal(getattr(targets_of(golden, case), name), unpacked(golden, f"{case}/{name}"))


@pytest.mark.parametrize("case", CASES)
def test_the_threshold_map_equals_the_published_one_wherever_its_shortcut_is_right(
    golden: dict[str, np.ndarray], case: str
) -> None:
    ours = targets_of(golden, case).threshold_map
    published = golden[f"{case}/threshold_map"].astype(np.float32)
    difference = ours - published
    rows, columns = np.nonzero(np.abs(difference) > 5e-4)  # half precision
    assert 0 < len(rows) < 0.002 * SIZE * SIZE
    assert (difference > -5e-4).all()
    pixels = np.stack([columns, rows], axis=1).astype(np.float64)
    excused = np.zeros(len(pixels), bool)
    for polygon in golden[f"{case}/polys"]:
        for begin, end in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
            if (begin != end).any():
                distance, wrong = seen_from(pixels, begin, end)
                excused |= wrong | (distance < 1e-3)  # on an edge the published root is of a negative rounding error
    assert excused.all()


def test_the_threshold_map_falls_with_the_true_distance_to_the_outline() -> None:
    polygon = np.array([[40.3, 30.2], [150.9, 62.5], [140.1, 99.7], [29.8, 66.0]])
    maps = make_targets([polygon], [False], 140, 200, thresh_min=0.0, thresh_max=1.0)
    rows, columns = np.mgrid[:140, :200]
    pixels = np.stack([columns.ravel(), rows.ravel()], axis=1).astype(np.float64)
    sides = zip(polygon, np.roll(polygon, -1, axis=0), strict=True)
    nearest = np.min([seen_from(pixels, begin, end)[0] for begin, end in sides], axis=0).reshape(140, 200)
    x, y = polygon.T
    area = 0.5 * abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))
    reach = area * (1 - 0.4**2) / np.hypot(*(np.roll(polygon, -1, axis=0) - polygon).T).sum()
    assert np.allclose(maps.threshold_map, np.clip(1 - nearest / reach, 0, 1), atol=2e-5)


def test_maps_have_the_types_and_range_of_the_contract() -> None:
    maps = make_targets([np.array([[10, 10], [90, 10], [90, 40], [10, 40]])], [False], 64, 128)
    for name in ("shrink_map", "shrink_mask", "threshold_mask"):
        array = getattr(maps, name)
        assert (array.shape, array.dtype) == ((64, 128), np.uint8)
        assert set(np.unique(array)) <= {0, 1}
    assert maps.threshold_map.dtype == np.float32
    assert maps.threshold_map.min() == pytest.approx(0.3)
    assert maps.threshold_map.max() == pytest.approx(0.7)


UNUSABLE = {
    "no points": [],
    "one point": [[20, 20]],
    "two points": [[20, 20], [60, 50]],
    "one place four times": [[20, 20]] * 4,
    "a line": [[20, 20], [60, 20], [60, 20], [20, 20]],
    "bow tie": [[20, 20], [60, 50], [60, 20], [20, 50]],
    "under one pixel": [[20, 20], [20.5, 20], [20.5, 20.5], [20, 20.5]],
    "not a number": [[20, 20], [float("nan"), 20], [60, 50], [20, 50]],
    "infinite": [[20, 20], [float("inf"), 20], [60, 50], [20, 50]],
    "far left": [[-200, 20], [-100, 20], [-100, 50], [-200, 50]],
    "far below": [[20, 2000], [60, 2000], [60, 2050], [20, 2050]],
    "too low": [[20, 20], [60, 20], [60, 27], [20, 27]],
}


@pytest.mark.parametrize("points", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_an_unusable_polygon_is_ignored_and_harms_nothing_else(points: list[list[float]]) -> None:
    good = np.array([[70, 70], [120, 70], [120, 95], [70, 95]], np.float64)
    alone = make_targets([good], [False], 100, 130)
    maps = make_targets([np.array(points, np.float64).reshape(-1, 2), good], [False, False], 100, 130)
    assert np.array_equal(maps.shrink_map, alone.shrink_map)
    assert maps.shrink_mask[60:].all()


def test_huge_coordinates_are_drawn_as_far_as_the_picture_reaches() -> None:
    maps = make_targets([np.array([[-1e9, -1e9], [1e9, -1e9], [1e9, 1e9], [-1e9, 1e9]])], [False], 50, 60)
    assert maps.shrink_map[25, 30] == 1


def test_ignored_text_is_masked_and_has_no_kernel_and_no_band() -> None:
    maps = make_targets([np.array([[10, 10], [60, 10], [60, 40], [10, 40]])], [True], 64, 80)
    assert not maps.shrink_map.any()
    assert not maps.threshold_mask.any()
    assert not maps.shrink_mask[10:41, 10:61].any()
    assert maps.shrink_mask.sum() == 64 * 80 - 31 * 51


def test_a_curved_outline_of_many_points_is_followed() -> None:
    angle = np.linspace(np.pi, 2 * np.pi, 12)
    arc = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    ring = np.concatenate([110 * arc, 70 * arc[::-1]]) + np.array([128, 128])
    maps = make_targets([ring], [False], 160, 256)
    assert maps.shrink_map[128 - 90, 128] == 1
    assert maps.shrink_map[128 - 20, 128] == 0
    assert maps.threshold_map[128 - 109, 128] > 0.6


def test_a_larger_shrink_ratio_leaves_a_larger_kernel() -> None:
    text = np.array([[10, 10], [110, 10], [110, 40], [10, 40]])
    sums = [int(make_targets([text], [False], 60, 130, shrink_ratio=r).shrink_map.sum()) for r in (0.3, 0.4, 0.6, 0.8)]
    assert sums == sorted(sums)
    assert sums[0] < sums[-1]


def test_without_text_there_is_nothing_to_find_and_nothing_to_ignore() -> None:
    maps = make_targets([], [], 32, 48)
    assert not maps.shrink_map.any()
    assert maps.shrink_mask.all()
    assert not maps.threshold_mask.any()
    assert np.allclose(maps.threshold_map, 0.3)
