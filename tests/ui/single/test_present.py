"""A detection for the eye: counts, scores and the name of the model."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from ocrweb.runtime.result import SHRUNK, DetectionResult, TextRegion
from ocrweb.ui.single.present import chosen_line, summary_line

QUAD = np.array([[1, 2], [30, 2], [30, 12], [1, 12]], np.float32)


def result(*scores: float) -> DetectionResult:
    regions = tuple(TextRegion(QUAD, score) for score in scores)
    return DetectionResult("a.png", 40, 20, "ppocrv6-small", "CPU", 0.2, regions=regions)


@pytest.mark.parametrize(
    ("scores", "said"),
    [((), "No text detected"), ((0.9,), "1 text region found"), ((0.9, 0.8), "2 text regions found")],
    ids=["none", "one", "two"],
)
def test_regions_are_counted_in_good_english(scores: tuple[float, ...], said: str) -> None:
    assert f"<strong>{said}" in summary_line(result(*scores), "en")


def test_a_models_name_is_never_markup() -> None:
    assert chosen_line("<b>", "zh") == '<div class="ocrweb-chosen">模型：&lt;b&gt;</div>'


def test_tiles_and_a_picture_shrunk_too_far_are_told_in_both_languages() -> None:
    told = dataclasses.replace(result(0.9), tiles=9, warnings=(SHRUNK,))
    english, chinese = (summary_line(told, lang) for lang in ("en", "zh"))
    assert "9 tiles" in english
    assert "tile" not in summary_line(result(0.9), "en")
    assert "text of ordinary size vanishes" in english
    assert "分为 9 块" in chinese
    assert "ocrweb-warning" in english
