"""A click on weak text gives its box, a loose outline comes to its text, and neither touches what lies beside."""

from __future__ import annotations

import numpy as np
import pytest

from ocrweb.config.detection import DecodeOptions
from ocrweb.runtime.nearby import REACH, _kept_inside, _kernel_at, _kernels_in, region_at, region_within
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


QUAD = np.array([[10, 10], [110, 10], [110, 30], [10, 30]], np.float32)
INSIDE = np.array([[20, 12], [100, 12], [100, 28], [20, 28]], np.float64)


@pytest.mark.parametrize(
    ("beyond", "kept"),
    [
        ([], [10, 10, 110, 30]), ([[50, 20]], [10, 10, 110, 30]), ([[140, 20]], [10, 10, 100, 30]), ([[0, 20]], [20, 10, 110, 30]),
        ([[50, 0]], [10, 12, 110, 30]), ([[50, 50]], [10, 10, 110, 28]), ([[0, 20], [140, 20]], [20, 10, 100, 30]),
        ([[0, 0], [140, 50]], [20, 12, 100, 28]), ([[109, 20]], [10, 10, 110, 30]), ([[11, 29]], [10, 10, 110, 30]),
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("turned", [0.0, 30.0])
def test_only_a_side_beyond_which_text_goes_on_comes_back_to_what_was_drawn(
    beyond: list[list[float]], kept: list[float], turned: float
) -> None:
    sine, cosine = np.sin(np.radians(turned)), np.cos(np.radians(turned))
    turn = np.array([[cosine, sine], [-sine, cosine]])
    found = _kept_inside((QUAD @ turn).astype(np.float32), INSIDE @ turn, np.array(beyond, float).reshape(-1, 2) @ turn)
    left, top, right, bottom = kept
    expected = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], float) @ turn
    np.testing.assert_allclose(found, expected, atol=0.01)


def test_an_outline_drawn_larger_than_the_text_takes_nothing_of_it_and_one_beside_it_changes_nothing() -> None:
    wide = INSIDE + np.array([[-50, 0], [50, 0], [50, 0], [-50, 0]])
    np.testing.assert_allclose(_kept_inside(QUAD, wide, np.array([[140.0, 20], [0, 20]])), QUAD)
    aside = INSIDE - np.array([100, 0])  # ends before the box begins
    np.testing.assert_allclose(_kept_inside(QUAD, aside, np.array([[140.0, 20]])), QUAD)
    beyond = INSIDE + np.array([100, 0])  # begins after the box ends
    np.testing.assert_allclose(_kept_inside(QUAD, beyond, np.array([[0.0, 20]])), QUAD)
    flat = np.array([[10, 10], [110, 10], [110, 10.5], [10, 10.5]], np.float32)
    np.testing.assert_allclose(_kept_inside(flat, INSIDE, np.array([[140.0, 20]])), flat)


def row_of(*marked: slice) -> np.ndarray:
    """(1, 100): ones in the slices."""
    mask = np.zeros((1, 100), np.uint8)
    for each in marked:
        mask[0, each] = 1
    return mask


def columns(pixels: np.ndarray) -> list[int]:
    return sorted(pixels[:, 0].tolist())


@pytest.mark.parametrize(
    ("asked", "loose", "kept", "beyond"),
    [
        (4, 8, 8, 0), (3, 8, 3, 2), (4, 7, 4, 3), (10, 10, 10, 0),
    ],
    ids=["just enough of both", "too little inside", "goes on too far", "all inside"],
)  # fmt: skip
def test_a_kernel_is_whole_with_four_tenths_inside_and_eight_near_and_else_it_is_cut(
    asked: int, loose: int, kept: int, beyond: int
) -> None:
    """A kernel of ten pixels; the outline holds so many of its first, and with its margin so many."""
    found = _kernels_in(row_of(slice(20, 30)), row_of(slice(10, 20 + asked)), row_of(slice(5, 20 + loose)))
    assert found is not None
    assert columns(found[0]) == list(range(20, 20 + kept))
    assert columns(found[1]) == list(range(30 - beyond, 30))


def test_a_speck_beside_text_is_not_text_and_a_single_pixel_is_nothing() -> None:
    everything = row_of(slice(0, 100))
    for speck, taken in ((3, False), (4, True)):  # of 50: six in a hundred are three
        found = _kernels_in(row_of(slice(10, 60), slice(70, 70 + speck)), everything, everything)
        assert found is not None
        assert columns(found[0]) == [*range(10, 60), *range(70, 70 + speck * taken)]
    assert _kernels_in(row_of(slice(10, 11)), everything, everything) is None
    assert _kernels_in(row_of(slice(10, 12)), everything, everything) is not None


def test_a_click_reaches_so_far_and_to_the_nearest() -> None:
    text = np.zeros((40, 60), bool)
    text[20, 10:14], text[20, 20:30] = True, True
    assert _kernel_at(text, 29 + REACH + 1, 20) is None
    assert _kernel_at(text, 25, 20 - REACH - 1) is None
    for column, row in ((29 + REACH, 20), (25, 20 - REACH), (25, 20 + REACH), (17, 20)):
        found = _kernel_at(text, column, row)
        assert found is not None
        assert columns(found) == list(range(20, 30))
    left = _kernel_at(text, 16, 21)
    assert left is not None
    assert columns(left) == list(range(10, 14))


@pytest.mark.parametrize(("sure", "found"), [(0.0055, False), (0.0065, True), (0.0035, False)])
def test_what_is_weaker_than_the_least_is_nothing_however_low_the_threshold(sure: float, found: bool) -> None:
    """With 0.1 the thresholds go down to 0.006; the next would be 0.003, which is noise."""
    options = OPTIONS.model_copy(update={"threshold": 0.1})
    visible, loose = seen((40, 20, 90, 28, sure)), np.array([[55, 20], [220, 20], [220, 75], [55, 75]])
    assert (region_at(visible, PAGE, 130, 48, options) is not None) == found
    assert (region_within(visible, PAGE, loose, options) is not None) == found


@pytest.mark.parametrize("corner", [(0, 0), (399, 0), (0, 199), (399, 199)])
def test_text_in_a_corner_of_the_picture_is_found_and_beside_the_picture_nothing(corner: tuple[int, int]) -> None:
    x, y = corner
    left, top = (0 if x == 0 else 170), (0 if y == 0 else 92)
    visible = seen((left, top, left + 30, top + 8, 0.9))
    assert region_at(visible, PAGE, x, y, OPTIONS) is not None
    aside = -1 if x == 0 else 400
    assert region_at(visible, PAGE, aside, y, OPTIONS) is None
    assert region_at(visible, PAGE, x, -1 if y == 0 else 200, OPTIONS) is None


def test_a_box_as_large_as_much_of_the_picture_is_no_text() -> None:
    assert region_at(seen((10, 10, 190, 90, 0.9)), PAGE, 200, 100, OPTIONS) is None
    assert region_at(seen((10, 40, 190, 50, 0.9)), PAGE, 200, 90, OPTIONS) is not None
