"""Boxes, numbers and heat look as they did when they were last judged by eye."""

from __future__ import annotations

import numpy as np
import pytest

from tests.imaging.kept import DRAWN, FILE, looks


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_looks_as_it_did(name: str) -> None:
    """Meant to be otherwise? Look at it, then ``python -m tests.imaging.kept``."""
    with np.load(FILE) as kept:
        expected = kept[name]
    found = looks(name)
    assert found.shape == expected.shape
    assert np.abs(found.astype(int) - expected.astype(int)).max() <= 2
