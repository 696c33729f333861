"""A map as heat on nothing: where there is text, no larger than a screen needs, and none at all of a page without text."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocrweb.imaging.heat import LONGEST, heat_picture


def opacity_of(probability_map: np.ndarray) -> np.ndarray:
    content = heat_picture(probability_map)
    assert content is not None
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)[:, :, 3]


@pytest.mark.parametrize(("size", "shown"), [((60, 90), (60, 90)), ((2 * LONGEST, 100), (LONGEST, 50))])
def test_it_lies_where_the_text_is(size: tuple[int, int], shown: tuple[int, int]) -> None:
    seen = np.zeros(size, np.float32)
    seen[size[0] // 2 :, : size[1] // 2] = 0.9
    opacity = opacity_of(seen)
    assert opacity.shape == shown
    text = np.zeros(shown, bool)
    text[shown[0] // 2 :, : shown[1] // 2] = True
    assert opacity[text].min() > 100
    assert opacity[~text].max() == 0


def test_a_page_without_text_has_none() -> None:
    assert heat_picture(np.full((40, 30), 0.04, np.float32)) is None
