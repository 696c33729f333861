"""Copies of a page are found, other pages are not."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from ocrweb.evaluation.suspects.duplicates import alike, thumbnail


def page(seed: int, width: int = 400, height: int = 600) -> np.ndarray:
    """Lines of other lengths and places."""
    dice, shown = np.random.default_rng(seed), np.full((height, width), 245, np.uint8)
    for top in range(30, height - 30, 40):
        left, length = dice.integers(10, 120), dice.integers(60, 250)
        shown[top : top + dice.integers(8, 24), left : left + length] = 40
    return shown


def test_a_copy_of_another_size_light_and_compression_is_the_same_page() -> None:
    copy = cv2.resize(page(1), (267, 400))
    copy = np.clip(copy * np.linspace(0.6, 1, 267)[None] + 10, 0, 255).astype(np.uint8)
    copy = cv2.imdecode(cv2.imencode(".jpg", copy, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], cv2.IMREAD_GRAYSCALE)
    (found,) = alike([thumbnail(page(2)), thumbnail(copy)], [thumbnail(page(1)), thumbnail(page(3))])
    assert found[:2] == (1, 0)
    assert 0.96 < found[2] <= 1


def test_other_pages_of_the_same_form_are_other_pages() -> None:
    pages = [thumbnail(page(seed)) for seed in range(20)]
    assert alike(pages[:10], pages[10:]) == []


def test_blank_pages_resemble_nothing() -> None:
    blank = thumbnail(np.full((600, 400), 200, np.uint8))
    assert alike([blank], [blank]) == []
    assert alike([], [blank]) == []


def test_the_same_content_stretched_to_another_form_is_no_copy() -> None:
    assert alike([thumbnail(page(1))], [thumbnail(cv2.resize(page(1), (400, 300)))]) == []


@pytest.mark.parametrize(
    ("close", "form", "found"),
    [
        (0.96, 1, False), (0.97, 1, True), (0.97, 1.1, False), (0.97, 1.09, True), (0.97, 1 / 1.1, False), (0.97, 0.92, True),
    ],
)  # fmt: skip
def test_a_copy_is_closer_and_nearer_in_form_than_the_limits(close: float, form: float, found: bool) -> None:
    page, other = np.float32([1, 0, form]), np.float32([close, math.sqrt(1 - close**2), 1])
    assert alike([page], [other]) == ([(0, 0, pytest.approx(close))] if found else [])
