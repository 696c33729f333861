"""The shipped golden pictures are small, whole, and truly labelled."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from ocrweb.config.paths import ASSETS

FOLDER = ASSETS / "golden"
TRUTH = json.loads((FOLDER / "truth.json").read_text(encoding="utf-8"))


def test_the_three_pictures_are_there() -> None:
    assert set(TRUTH) == {"invoice.jpg", "menu.png", "handwritten.jpg"}


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_a_picture_has_its_true_boxes_on_ink(name: str) -> None:
    path, entry = FOLDER / name, TRUTH[name]
    assert path.stat().st_size <= 400_000
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    assert len(entry["boxes"]) == len(entry["texts"]) >= 7
    assert all(entry["texts"])
    for numbers in entry["boxes"]:
        quad = np.array(numbers).reshape(4, 2)
        assert quad.min() >= 0
        assert (quad <= (grey.shape[1], grey.shape[0])).all()
        (left, top), (right, bottom) = quad.min(axis=0).astype(int), quad.max(axis=0).astype(int)
        assert np.ptp(grey[top:bottom, left:right]) > 60
