"""Pictures on a page lie where they are put, and none is too small to be seen."""

from __future__ import annotations

import numpy as np
import pytest

from ocrweb.render.distractors import picture
from ocrweb.render.sheet import Sheet
from ocrweb.render.studio import Studio


@pytest.mark.parametrize(("wide", "tall", "drawn"), [(9, 9, True), (8, 40, False), (40, 8, False), (60, 30, True)])
def test_a_picture_has_nine_pixels_at_least_and_lies_in_its_box(wide: int, tall: int, drawn: bool) -> None:
    sheet = Sheet(100, 80)
    picture(Studio.open(np.random.default_rng(0), "train", 0.0), sheet, (10, 20, 10 + wide, 20 + tall))
    changed = (sheet.pixels() != Sheet(100, 80).pixels()).any(axis=2)
    assert changed.any() == drawn
    changed[20 : 20 + tall, 10 : 10 + wide] = False
    assert not changed.any()
