"""Boxes nobody could read are ignored, those outside vanish."""

from __future__ import annotations

import numpy as np
import pytest

from ocrweb.render.legible import settle
from ocrweb.render.sheet import TextBox


def striped(contrast: int) -> np.ndarray:
    pixels = np.full((100, 200, 3), 120, np.uint8)
    pixels[:, ::4] += np.uint8(contrast)
    return pixels


def quad(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float)


@pytest.mark.parametrize(
    ("box", "contrast", "expected"),
    [
        (quad(10, 10, 90, 30), 80, [False]),
        (quad(10, 10, 90, 14), 80, [True]),
        (quad(10, 10, 90, 30), 8, [True]),
        (quad(-70, 10, 30, 30), 80, [True]),
        (quad(-10, 10, 90, 30), 80, [False]),
        (quad(-90, 10, -10, 30), 80, []),
    ],
    ids=["clear", "flat", "faint", "mostly outside", "a little outside", "outside"],
)
def test_what_can_be_read_counts(box: np.ndarray, contrast: int, expected: list[bool]) -> None:
    settled = settle(striped(contrast), [TextBox(box, "TOTAL")])
    assert [found.ignore for found in settled] == expected
    assert all((found.points >= 0).all() for found in settled)
    assert [found.text for found in settled] == ["###" if ignored else "TOTAL" for ignored in expected]


def test_an_upside_down_text_is_labelled_from_the_pictures_top_left() -> None:
    turned = quad(10, 10, 90, 30)[[2, 3, 0, 1]]
    (box,) = settle(striped(80), [TextBox(turned, "exit")])
    assert np.array_equal(box.points, quad(10, 10, 90, 30).astype(np.float32))
