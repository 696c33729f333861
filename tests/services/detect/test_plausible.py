from __future__ import annotations

import numpy as np
import pytest

from ocrweb.runtime.region import TextRegion
from ocrweb.services.detect.plausible import NOISE_COUNT, is_plausible, looks_like_text, recall

WIDTH, HEIGHT = 1000, 800


def box(x: float, y: float, width: float, height: float) -> np.ndarray:
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float32)


def regions(*quads: np.ndarray) -> list[TextRegion]:
    return [TextRegion(quad, 0.9) for quad in quads]


@pytest.mark.parametrize(
    ("quad", "plausible"),
    [
        pytest.param(box(10, 10, 200, 20), True, id="a line"),
        pytest.param(box(10, 10, 20, 200), True, id="an upright line"),
        pytest.param(box(10, 10, 200, 3), False, id="a hair line"),
        pytest.param(box(10, 10, 200, 4), True, id="a line as thin as may be"),
        pytest.param(box(10, 10, 3, 3), False, id="a speck"),
        pytest.param(np.array([[0, 0], [90, 0], [90, 2], [0, 6]]), True, id="a wedge, thin at one end"),
        pytest.param(box(0, 0, WIDTH, 0.6 * HEIGHT), True, id="as much of the picture as may be"),
        pytest.param(box(0, 0, WIDTH, HEIGHT), False, id="the whole picture"),
    ],
)
def test_a_box_is_plausible_when_it_is_neither_tiny_nor_everything(quad: np.ndarray, plausible: bool) -> None:
    assert is_plausible(quad, WIDTH, HEIGHT) is plausible


def test_a_large_picture_has_specks_of_more_pixels() -> None:
    assert [is_plausible(box(10, 10, 200, side), 4000, 3000) for side in (11, 12)] == [False, True]


SPECK = box(5, 5, 3, 3)
LINE = box(10, 10, 200, 20)


@pytest.mark.parametrize(
    ("quads", "good"),
    [
        pytest.param([], False, id="empty"),
        pytest.param([LINE], True, id="one line"),
        pytest.param([LINE, SPECK], True, id="as many specks as lines"),
        pytest.param([LINE, SPECK, SPECK], False, id="mostly specks"),
        pytest.param([LINE] * NOISE_COUNT, False, id="as many as noise gives"),
    ],
)
def test_own_pictures_need_a_plausible_box_and_no_noise(quads: list[np.ndarray], good: bool) -> None:
    assert looks_like_text(regions(*quads), 0, WIDTH, HEIGHT) is good


def test_recall_is_the_found_share_of_the_true_boxes() -> None:
    truth = [box(0, 0, 100, 20), box(0, 50, 100, 20), box(0, 100, 100, 20), box(0, 150, 100, 20)]
    found = regions(box(0, 0, 98, 20), box(0, 50, 30, 20), box(0, 100, 100, 22), box(500, 500, 100, 20))
    assert recall(truth, found) == 0.5


@pytest.mark.parametrize(("on_blank", "good"), [(0, True), (4, True), (5, False), (10, False)])
def test_a_model_that_answers_an_empty_page_alike_sees_noise(on_blank: int, good: bool) -> None:
    assert looks_like_text(regions(*[LINE] * 10), on_blank, WIDTH, HEIGHT) is good
