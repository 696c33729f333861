"""Label Studio's CSV: several rows, large cells, other columns, and rows that are damaged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ocrweb.data.formats.content import kind_of
from tests.data.formats.kinds import LS, PERCENT
from tests.data.formats.more_kinds import ls_table
from tests.data.formats.sources import QUAD, corners, planned, put

REGION: dict[str, Any] = {**LS, **PERCENT, "rectanglelabels": ["Text"]}


def rows(*made: tuple[str, list[Any], Any]) -> str:
    """A table of one row a picture."""
    tables = [ls_table(",", regions, text).replace("1.jpg", name) for name, regions, text in made]
    return tables[0] + "".join(table.split("\n", 1)[1] for table in tables[1:])


def write(folder: Path, content: str) -> None:
    (folder / "project.csv").write_text(content, encoding="utf-8")


def test_each_row_is_of_its_picture_and_texts_may_hold_anything(tmp_path: Path) -> None:
    put(tmp_path, "发票.jpg", "2.jpg", "3.jpg")
    write(
        tmp_path,
        rows(
            ("发票.jpg", [REGION], '合计, "12"\n[草稿'),
            ("2.jpg", [REGION, {**REGION, "y": 50}], ["a", "b"]),
            ("3.jpg", [], ""),
        ),
    )
    plan = planned(tmp_path)
    assert {name: len(boxes) for name, boxes in corners(plan).items()} == {"发票.jpg": 1, "2.jpg": 2, "3.jpg": 0}
    texts = {picture.file: [box.text for box in picture.boxes] for picture in plan.pictures}
    assert texts == {"发票.jpg": ['合计, "12" [草稿'], "2.jpg": ["a", "b"], "3.jpg": []}
    assert not plan.guessed


def test_a_cell_may_hold_thousands_of_boxes(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg", width=2000, height=1200)
    many = [{**REGION, "x": x, "y": y, "width": 0.5, "height": 0.5} for x in range(50) for y in range(50)]
    write(tmp_path, rows(("1.jpg", many, "")))
    assert len(corners(planned(tmp_path))["1.jpg"]) == 2500


@pytest.mark.parametrize(
    "odd",
    [
        '7,"a","b",2,"2.jpg","[{""x"": 1, ""original_width"": ",3.5,"c","d"\n', '7,"a"\n', '7,"a","b",2,"no picture","[]",3.5,"c","d"\n',
        '7,"a","b",2,"2.jpg","[' + "[" * 9000 + '",3.5,"c"\n', '7,"a","b",2,"2.jpg","[{""x"": 1',
    ],
    ids=["cut cell", "few cells", "no picture", "deep", "cut off"],
)  # fmt: skip
def test_a_damaged_row_costs_itself_alone(tmp_path: Path, odd: str) -> None:
    put(tmp_path, "1.jpg")
    write(tmp_path, rows(("1.jpg", [REGION], "a")) + odd)
    plan = planned(tmp_path)
    assert corners(plan) == {"1.jpg": [QUAD]}
    assert [problem.where for problem in plan.tally.problems] == ["project.csv#2"]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [None, "九", float("nan"), 1e308, 10**400, [], {}], ids=lambda value: str(value)[:6])
def test_a_side_that_is_no_number_costs_its_box_alone(tmp_path: Path, value: Any) -> None:
    put(tmp_path, "1.jpg")
    write(tmp_path, rows(("1.jpg", [REGION, {**REGION, "y": value}], "")))
    plan = planned(tmp_path)
    assert corners(plan) == {"1.jpg": [QUAD]}
    assert plan.account.left_out.total() == 1


def test_a_table_of_a_project_without_pictures_is_none(tmp_path: Path) -> None:
    assert kind_of(ls_table(",", [], "a").encode(), "project.csv") is None
    assert kind_of(json.dumps("original_width").encode(), "project.csv") is None
