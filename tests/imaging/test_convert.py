"""A picture without a ground of its own is laid on the one that shows it."""

from __future__ import annotations

import numpy as np
import pytest

from ocrweb.imaging.convert import on_ground


@pytest.mark.parametrize(
    ("text", "alpha", "ground"),
    [(255, 255, 0), (0, 255, 255), (255, 0, 255)],
    ids=["white text on black", "black text on white", "nothing at all on white"],
)
def test_the_ground_is_white_unless_that_would_hide_everything(text: int, alpha: int, ground: int) -> None:
    pixels = np.full((40, 60, 4), text, np.uint8)
    pixels[..., 3] = 0
    pixels[10:20, 10:50, 3] = alpha
    shown = on_ground(pixels)
    assert shown.shape == (40, 60, 3)
    assert (shown[:5] == ground).all()
    assert (shown[10:20, 10:50] == (text if alpha else ground)).all()
