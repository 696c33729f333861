"""Differences between two maps of one picture, and between the boxes they give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ocrweb.config.detection import DecodeOptions
from ocrweb.runtime.transform import PageTransform
from ocrweb.training.export.parity import Gap, compare, paired_shifts

PAGE = PageTransform.stretched(128, 96, 128, 96)
OPTIONS = DecodeOptions(threshold=0.3, box_threshold=0.5)


def drawn(*corners: tuple[int, int]) -> np.ndarray:
    """A map with a bar of text of 60 x 12 at each corner."""
    shown = np.full((96, 128), 0.05, np.float32)
    for x, y in corners:
        shown[y : y + 12, x : x + 60] = 0.9
    return shown


def test_equal_maps_are_equal() -> None:
    gap = Gap((compare(drawn((20, 20)), drawn((20, 20)), PAGE, OPTIONS),))
    assert gap.to_dict() == {
        "max_abs_diff": 0.0, "mean_abs_diff": 0.0, "boxes_equal": True, "boxes": [1, 1], "agreement": 1.0,
        "within_one_pixel": 1.0, "worst_shift": 0.0, "flipped": 0.0, "pictures": 1,
    }  # fmt: skip


def test_a_box_that_moved_agrees_but_is_not_equal() -> None:
    gap = Gap((compare(drawn((20, 20)), drawn((23, 20)), PAGE, OPTIONS),))
    assert gap.agreement == 1.0
    assert gap.close == 0.0
    assert not gap.boxes_equal
    assert gap.pages[0].shift == pytest.approx(3, abs=0.1)


@pytest.mark.parametrize("missing", ["reference", "other"])
def test_a_box_on_one_side_only_counts_against_both(missing: str) -> None:
    maps = [drawn((20, 20), (20, 60)), drawn((20, 20))]
    gap = Gap((compare(*(maps if missing == "other" else reversed(maps)), PAGE, OPTIONS),))
    assert gap.agreement == pytest.approx(2 / 3)
    assert not gap.boxes_equal


def test_pages_without_text_on_both_sides_agree() -> None:
    gap = Gap((compare(drawn(), drawn(), PAGE, OPTIONS),))
    assert gap.agreement == 1.0
    assert gap.boxes_equal


def test_values_that_are_no_numbers_are_infinitely_far() -> None:
    broken = drawn((20, 20))
    broken[0, 0] = np.nan
    gap = Gap((compare(drawn((20, 20)), broken, PAGE, OPTIONS),))
    assert gap.max_abs == float("inf")
    assert gap.to_dict()["max_abs_diff"] is None
    assert gap.agreement == 0.0


def test_only_the_visible_part_is_compared() -> None:
    page = PageTransform(100, 96, 100, 96, 128, 96, 1.0, 1.0)
    other = drawn((20, 20))
    other[:, 100:] = 1.0
    assert compare(drawn((20, 20)), other, page, OPTIONS).max_abs == 0.0


def test_which_corner_comes_first_does_not_matter() -> None:
    square = np.array([[10, 10], [30, 10], [30, 30], [10, 30]], np.float32)
    assert paired_shifts([square], [np.roll(square, 1, axis=0)]) == [0.0]


def test_figures_are_told_as_exactly_as_they_mean_something() -> None:
    page = compare(drawn((20, 20)), drawn((20, 20)), PAGE, OPTIONS)
    told = Gap((replace(page, max_abs=0.00123456, mean_abs=1.23456e-7, flipped=0.12345678, shift=1.23456),)).to_dict()
    assert (told["max_abs_diff"], told["mean_abs_diff"]) == (0.001235, 1.235e-7)
    assert (told["flipped"], told["worst_shift"], told["pictures"]) == (0.123457, 1.23, 1)
    two = Gap((replace(page, max_abs=0.1, mean_abs=0.2), replace(page, max_abs=0.3, mean_abs=0.4, shift=2.0)))
    assert (two.max_abs, two.mean_abs, two.boxes, two.to_dict()["worst_shift"]) == (
        0.3,
        pytest.approx(0.3),
        (2, 2),
        2.0,
    )
    nothing = Gap(())
    assert (nothing.max_abs, nothing.mean_abs, nothing.agreement, nothing.boxes_equal) == (0.0, 0.0, 1.0, True)


def test_a_shift_of_one_pixel_is_close_and_more_is_not() -> None:
    for pixels, close in ((1, 1), (2, 0)):
        gap = compare(drawn((20, 20)), drawn((20 + pixels, 20)), PAGE, OPTIONS)
        assert (gap.paired, gap.close) == (1, close)


def test_a_pixel_at_the_very_threshold_is_no_text_in_either_map() -> None:
    other, half = drawn(), DecodeOptions(threshold=0.5, box_threshold=0.5)
    other[:24] = 0.5
    assert compare(other, other, PAGE, half).flipped == 0
    other[:12] = 0.75
    assert compare(drawn(), other, PAGE, half).flipped == 12 / 96
    assert compare(other, drawn(), PAGE, half).flipped == 12 / 96
