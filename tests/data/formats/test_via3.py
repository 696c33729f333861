"""VIA 3's projects: shapes by their numbers, attributes by their names, regions by their views."""

from __future__ import annotations

from typing import Any

import pytest

from ocrweb.data.formats.via3 import is_project, outline, pictures

PROJECT: dict[str, Any] = {
    "attribute": {"1": {"aname": "TEXT", "options": {}}, "2": {"aname": "kind", "options": {"0": "text", "1": "ignore"}}},
    "file": {"1": {"fname": "1.jpg"}, "2": {"fname": "", "src": "scans/2.jpg"}},
    "view": {"1": {"fid_list": ["1"]}, "2": {"fid_list": [2]}, "3": {"fid_list": ["1", "2"]}},
    "metadata": {
        "1_a": {"vid": "1", "xy": [2, 1, 2, 30, 40], "av": {"1": "hi", "2": "1", "9": "x"}},
        "1_b": {"vid": "1", "xy": [], "av": {"1": "of the whole picture"}},
        "2_a": {"vid": "2", "xy": [7, 1, 2, 3, 4, 5, 6]},
        "3_a": {"vid": "3", "xy": [2, 1, 2, 3, 4]},
    },
}  # fmt: skip


def test_regions_belong_to_the_picture_of_their_view() -> None:
    found = {name: regions for name, regions, _ in pictures(PROJECT)}
    assert list(found) == ["1.jpg", "scans/2.jpg", "view 3"]
    assert [region["attributes"] for region in found["1.jpg"]] == [{"TEXT": "hi", "kind": "ignore"}]
    assert [len(regions) for regions in found.values()] == [1, 1, 1]


@pytest.mark.parametrize(
    ("xy", "points"),
    [
        ([2, 1, 2, 30, 40], [[1, 2], [31, 42]]),
        ([7, 1, 2, 3, 4, 5, 6], [[1, 2], [3, 4], [5, 6]]),
        ([8, 5, 1, 9, 5, 5, 9, 1, 5], [[1, 1], [9, 9]]),
        ([7, 1, 2, 3, 4], None),
        ([1, 5, 5], None),
        ([3, 5, 5, 2], None),
        ([6, 1, 2, 3, 4, 5, 6], None),
        ([2, None, 2, "x", 4], None),
        ([8], None),
        (None, None),
    ],
)
def test_shapes_are_told_by_their_number(xy: Any, points: Any) -> None:
    found = outline(xy)
    assert (found if found is None else found.tolist()) == points


def test_other_documents_are_no_project() -> None:
    assert is_project(PROJECT)
    assert not is_project({**PROJECT, "view": []})
    assert not is_project({"metadata": {}, "file": {}})
