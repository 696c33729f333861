"""A click on weak text gives its box, a loose outline comes to its text, and neither touches what lies beside."""

from __future__ import annotations

import numpy as np
import pytest

from ocrweb.config.detection import DecodeOptions
from ocrweb.runtime.nearby import region_at, region_within
from ocrweb.runtime.transform import PageTransform

OPTIONS = DecodeOptions(threshold=0.3, box_threshold=0.6, unclip_ratio=1.5)
PAGE = PageTransform(400, 200, 200, 100, 200, 100, 0.5, 0.5)  # the map is half as large as the picture


def seen(*kernels: tuple[int, int, int, int, float]) -> np.ndarray:
    """A map with a kernel each: left, top, right, bottom in map pixels, and how sure."""
    visible = np.zeros((100, 200), np.float32)
    for left, top, right, bottom, sure in kernels:
        visible[top:bottom, left:right] = sure
    return visible


def around(points: np.ndarray) -> list[int]:
    return [round(float(value)) for value in (*points.min(axis=0), *points.max(axis=0))]


@pytest.mark.parametrize("sure", [0.9, 0.25, 0.1, 0.02])
def test_a_click_on_text_gives_its_box_however_weak_the_map_is_there(sure: float) -> None:
    region = region_at(seen((40, 20, 90, 28, sure), (120, 20, 180, 28, 0.9)), PAGE, 130, 48, OPTIONS)
    assert region is not None
    left, top, right, bottom = around(region.quad)
    assert left < 80 < 180 < right < 230
    assert top < 40 < 56 < bottom


def test_weak_text_beside_sure_text_is_found_before_both_become_one() -> None:
    visible = seen((20, 20, 90, 28, 0.9), (90, 20, 110, 28, 0.02), (110, 20, 150, 28, 0.1))
    region = region_at(visible, PAGE, 260, 48, OPTIONS)
    assert region is not None
    assert around(region.quad)[0] > 190


@pytest.mark.parametrize("place", [(300, 150), (-5, 20), (399, 1000), (130, 120)])
def test_where_nothing_is_there_is_no_box(place: tuple[float, float]) -> None:
    assert region_at(seen((40, 20, 90, 28, 0.9)), PAGE, *place, OPTIONS) is None


def test_a_loose_outline_comes_to_the_text_in_it() -> None:
    visible = seen((40, 20, 90, 28, 0.9), (40, 50, 90, 58, 0.9))
    loose = np.array([[55, 20], [220, 20], [220, 75], [55, 75]])
    region = region_within(visible, PAGE, loose, OPTIONS)
    exact = region_at(visible, PAGE, 130, 48, OPTIONS)
    assert region is not None
    assert exact is not None
    assert around(region.quad) == around(exact.quad)


def test_words_in_one_outline_become_one_box() -> None:
    visible = seen((40, 20, 60, 28, 0.9), (70, 20, 90, 28, 0.9))
    region = region_within(visible, PAGE, np.array([[60, 25], [205, 25], [205, 70], [60, 70]]), OPTIONS)
    assert region is not None
    left, _, right, _ = around(region.quad)
    assert left < 80 < 180 < right


def test_where_text_goes_on_the_outline_stays_as_drawn() -> None:
    """Somebody who divides a line in two."""
    region = region_within(
        seen((40, 20, 160, 28, 0.9)), PAGE, np.array([[60, 30], [200, 30], [200, 66], [60, 66]]), OPTIONS
    )
    assert region is not None
    left, _, right, _ = around(region.quad)
    assert left < 80
    assert right == 200


def test_an_outline_around_nothing_has_no_region() -> None:
    assert (
        region_within(
            seen((40, 20, 90, 28, 0.9)), PAGE, np.array([[300, 150], [390, 150], [390, 190], [300, 190]]), OPTIONS
        )
        is None
    )


def test_a_pixel_must_exceed_each_threshold_and_a_kernel_of_a_weaker_one_grows_less() -> None:
    """0.3 is the threshold itself, and is found by the next weaker one as 0.29 is."""
    places = {sure: region_at(seen((40, 20, 90, 28, sure)), PAGE, 130, 48, OPTIONS) for sure in (0.29, 0.3, 0.31)}
    loose = np.array([[55, 20], [220, 20], [220, 75], [55, 75]])
    drawn = {sure: region_within(seen((40, 20, 90, 28, sure)), PAGE, loose, OPTIONS) for sure in (0.29, 0.3, 0.31)}
    for found in (places, drawn):
        quads = {sure: around(region.quad) for sure, region in found.items() if region is not None}
        assert quads[0.29] == quads[0.3]
        assert quads[0.3][2] - quads[0.3][0] < quads[0.31][2] - quads[0.31][0]
