"""Pages of known seeds look as they did when they were last judged by eye: a renderer that forgets a part of them is noticed."""

from __future__ import annotations

import numpy as np
import pytest

from tests.render.kept import FILE, PAGES, looks


@pytest.mark.parametrize(("kind", "seed"), PAGES)
def test_a_page_looks_as_it_did(kind: str, seed: int) -> None:
    """Meant to be otherwise? Look at the pages, then ``python -m tests.render.kept``."""
    with np.load(FILE) as kept:
        means, boxes = kept[f"{kind}/{seed}/means"], kept[f"{kind}/{seed}/boxes"]
    found, found_boxes = looks(kind, seed)
    differing = np.abs(found.astype(int) - means.astype(int))
    assert differing.mean() <= 0.5
    assert differing.max() <= 12
    assert found_boxes.shape == boxes.shape
    assert np.abs(found_boxes[:, :8] - boxes[:, :8]).max(initial=0) <= 1
    np.testing.assert_array_equal(found_boxes[:, 8], boxes[:, 8])
