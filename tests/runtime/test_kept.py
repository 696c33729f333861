"""Clicks, outlines, words, order, tiles, engines and devices are answered as they were when they were last looked at."""

from __future__ import annotations

import numpy as np
import pytest

from ocrweb.runtime import device, nearby, order, region, scoring, tiling, transform, words
from ocrweb.runtime.engines import choose
from tests.runtime.kept import ANSWERS, FILE, answers

ASKED = (choose, device, nearby, order, region, scoring, tiling, transform, words)


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_what_it_was(name: str) -> None:
    """Meant to be otherwise? Look at what differs, then ``python -m tests.runtime.kept``."""
    with np.load(FILE) as kept:
        expected = kept[name]
    found = answers(name)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=0.02)
