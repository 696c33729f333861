"""Tables of boxes with headings of many names, and without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.formats.sources import QUAD, corners, planned, put

FLAT = ",".join(str(value) for point in QUAD for value in point)


@pytest.mark.parametrize(
    "content",
    [
        "1.jpg,10,20,90,40,abc\n", "1.jpg,10,20,90,40\n", f"1.jpg,{FLAT},abc\n", "1.jpg;10;20;90;40;abc\n", "imgs/1.jpg, 10, 20, 90, 40, abc, 0.9\n",
        "文件名,左,上,右,下,文字\n1.jpg,10,20,90,40,abc\n", "图片,左,上,宽,高\n1.jpg,10,20,80,20\n", "图片名,左上x,左上y,右下x,右下y,标签\n1.jpg,10,20,90,40,abc\n",
    ],
)  # fmt: skip
def test_a_table_is_read_with_and_without_a_heading(tmp_path: Path, content: str) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "boxes.csv").write_text(content, encoding="utf-8-sig")
    plan = planned(tmp_path)
    assert (plan.format, corners(plan)) == ("csv", {"1.jpg": [QUAD]})
    assert [box.text for box in plan.pictures[0].boxes] == ["abc" if "abc" in content else ""]


def test_a_corner_and_a_size_without_a_heading_are_not_guessed(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg", "2.jpg")
    (tmp_path / "boxes.csv").write_text("1.jpg,10,20,80,30\n1.jpg,10,60,80,20\n2.jpg\n")
    plan = planned(tmp_path)
    assert corners(plan) == {"1.jpg": [], "2.jpg": []}
    assert [(one.kind, one.detail) for one in plan.tally.problems] == [("maybe-size", "")] * 2
