"""The document of one picture: what is always in it, and what only where there is something to say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.published import PUBLISHED_WEIGHTS, kept_at
from ocrweb.runtime.region import TextRegion
from ocrweb.runtime.result import DetectionResult, Timing
from ocrweb.runtime.transform import PageTransform

QUAD = np.array([[1.4, 2.6], [9.5, 2], [9, 8], [1, 8]], np.float32)


def result(*regions: TextRegion, **changes: Any) -> DetectionResult:
    timing = Timing(0.10004, 0.2, 0.3, 0.4)
    return DetectionResult("a.png", 20, 10, "m", "CPU", 0.3, regions, timing, **changes)


def test_a_plain_document_has_these_and_no_more() -> None:
    assert result(TextRegion(QUAD, 0.98765)).to_dict() == {
        "schema": 1, "image_path": "a.png", "width": 20, "height": 10, "model": "m", "device": "CPU", "threshold": 0.3,
        "boxes": [[1, 3, 10, 2, 9, 8, 1, 8]], "scores": [0.9877], "texts": [], "success": True, "inference_time": 1.0,
        "timing": {"decode": 0.1, "preprocess": 0.2, "network": 0.3, "postprocess": 0.4}, "error": None,
    }  # fmt: skip
    assert result().to_dict()["boxes"] == []


def test_all_stages_are_in_the_whole_time() -> None:
    assert Timing(1, 20, 300, 4000).total == 4321
    assert Timing().total == 0


@pytest.mark.parametrize(
    ("changes", "added"),
    [
        ({"tiles": 2}, {"tiles": 2}), ({"tiles": 1}, {}), ({"warnings": ("w",)}, {"warnings": ["w"]}), ({"page": 1}, {"page": 1}),
        ({"page": 0}, {"page": 0}),
        ({"to_points": (0.5, 0.1, -0.2, 0.25, 3, 7)}, {"boxes_points": [[2.9, 7.85, 7.6, 8.5, 5.9, 9.9, 1.9, 9.1]]}),
    ],
)  # fmt: skip
def test_what_is_unusual_is_added(changes: dict[str, Any], added: dict[str, Any]) -> None:
    document = result(TextRegion(QUAD, 0.5), **changes).to_dict()
    usual = result(TextRegion(QUAD, 0.5)).to_dict()
    assert {name: value for name, value in document.items() if name not in usual} == added


def test_one_outline_gives_every_region_one() -> None:
    outline = np.array([[1, 2], [5, 1], [9, 2], [9, 8], [1, 8]], np.float32)
    document = result(TextRegion(QUAD, 0.5, outline), TextRegion(QUAD, 0.4)).to_dict()
    assert document["polygons"] == [[1, 2, 5, 1, 9, 2, 9, 8, 1, 8], [1, 3, 10, 2, 9, 8, 1, 8]]


def test_an_error_is_told_in_the_language_asked_for() -> None:
    failed = result(error=OcrwebError("image.empty"))
    assert not failed.success
    assert failed.to_dict("zh")["error"] == OcrwebError("image.empty").to_dict("zh")
    assert failed.to_dict("en")["success"] is False


def test_a_way_there_and_back() -> None:
    page = PageTransform(200, 100, 90, 40, 96, 64, 0.45, 0.4)
    np.testing.assert_allclose(page.to_picture(np.array([[45, 20], [-5, 90]])), [[100, 50], [0, 100]])
    assert page.to_picture(np.array([[1000, -3]])).tolist() == [[200, 0]]
    assert page.visible(np.zeros((64, 96))).shape == (40, 90)
    stretched = PageTransform.stretched(200, 100, 50, 75)
    assert stretched == PageTransform(200, 100, 50, 75, 50, 75, 0.25, 0.75)


def test_a_backbone_alone_is_told_apart_from_a_detector() -> None:
    assert [(one.name, one.backbone, one.limit_side, one.sha256) for one in PUBLISHED_WEIGHTS] == [
        ("ch_ppocr_server_v2.0_det", False, 960, ""), ("ResNet18_vd", True, 960, ""),
    ]  # fmt: skip
    assert [kept_at(one).name for one in PUBLISHED_WEIGHTS] == [
        "ch_ppocr_server_v2.0_det.pdparams",
        "ResNet18_vd.pdparams",
    ]
