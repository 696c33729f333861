"""No label is lost or moved without a word: what only one tool writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.data.formats.sources import HEIGHT, QUAD, WIDTH, coco, corners, planned, put, write_json

BOXES = (("10", "20", "90", "40"), ("10", "60", "90", "80"))
CVAT = "".join(
    f'<box label="text" xtl="{left}" ytl="{top}" xbr="{right}" ybr="{bottom}">{said}</box>'
    for (left, top, right, bottom), said in zip(
        BOXES, ("", '<attribute name="legibility">illegible</attribute>'), strict=True
    )
)
VIA = [{"name": "rect", "x": 10, "y": y, "width": 80, "height": 20} for y in (20, 60)]
TICKED: dict[str, Any] = {"props": {"illegible": True, "printed": True}}
BOX = {"type": "bbox", "bbox": [10, 20, 80, 20], "label_id": 0}


def test_voc_pictures_of_the_same_name_are_told_by_their_folders(tmp_path: Path) -> None:
    for number in (1, 2):
        put(tmp_path, f"JPEGImages/b{number}/1.jpg")
        (tmp_path / f"Annotations/b{number}").mkdir(parents=True)
        box = f"<xmin>{number}0</xmin><ymin>20</ymin><xmax>90</xmax><ymax>40</ymax>"
        content = (
            f"<annotation><filename>1.jpg</filename><object><name>a</name><bndbox>{box}</bndbox></object></annotation>"
        )
        (tmp_path / f"Annotations/b{number}/1.xml").write_text(content)
    assert [boxes[0][0][0] for boxes in corners(planned(tmp_path)).values()] == [10, 20]


@pytest.mark.parametrize(("turn", "x", "y"), [(90, 200 / 3, 5), (270, 100 / 6, 55)])
def test_values_of_a_picture_that_was_turned_on_its_side_are_turned_back(
    tmp_path: Path, turn: int, x: float, y: float
) -> None:
    put(tmp_path, "1.jpg")
    value = {"x": x, "y": y, "width": 100 / 6, "height": 40, "rotation": 0}
    stated = {"image_rotation": turn, "original_width": HEIGHT, "original_height": WIDTH}
    document = [{"data": {"image": "1.jpg"}, "annotations": [{"result": [{"id": "a", "value": value, **stated}]}]}]
    write_json(tmp_path / "ls.json", document)
    assert corners(planned(tmp_path)) == {"1.jpg": [QUAD]}


@pytest.mark.parametrize("page", ["to_name", "item_index"])
def test_each_picture_of_a_task_gets_its_own_boxes(tmp_path: Path, page: str) -> None:
    put(tmp_path, "front.jpg", "back.jpg")
    sizes = {"original_width": 200, "original_height": 120, "type": "rectangle"}
    value = {"x": 10, "y": 20, "width": 30, "height": 20, "rotation": 0}
    named = page == "to_name"
    data = {"front": "front.jpg", "back": "back.jpg"} if named else {"pages": ["front.jpg", "back.jpg"]}
    which = [{"to_name": "front"}, {"to_name": "back"}] if named else [{"item_index": 0}, {"item_index": 1}]
    values = [value, {**value, "x": 50}]
    result = [{"id": str(i), "value": values[i], **sizes, **which[i]} for i in (0, 1)]
    lost = {"id": "2", "value": value, **sizes, "to_name": "elsewhere", "item_index": 7}
    write_json(tmp_path / "ls.json", [{"data": data, "annotations": [{"result": [*result, lost]}]}])
    plan = planned(tmp_path)
    first = {file: quads[0][0][0] for file, quads in corners(plan).items()}
    assert first == {"front.jpg": 20, "back.jpg": 100}
    assert plan.tally.counts["which-picture"] == 1


def test_cvat_turns_boxes_about_their_centre(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", width=1000, height=500)
    entry = {"image_id": 1, "bbox": [300, 200, 400, 100], "segmentation": [], "attributes": {"rotation": 30.0}}
    write_json(tmp_path / "c.json", {"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [entry]})
    assert corners(planned(tmp_path)) == {"a.jpg": [[[352, 107], [698, 307], [648, 393], [302, 193]]]}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("c.json", {**coco([]), "annotations": [{"image_id": 1, "bbox": [10, 20, 80, 20]}, {"image_id": 1, "bbox": [10, 60, 80, 20], "attributes": {"legibility": "illegible"}}]}),
        ("a.xml", f'<annotations><image name="1.jpg" width="{WIDTH}" height="{HEIGHT}">{CVAT}</image></annotations>'),
        ("v.json", {"1.jpg9": {"filename": "1.jpg", "regions": [{"shape_attributes": VIA[0], "region_attributes": {}}, {"shape_attributes": VIA[1], "region_attributes": TICKED}]}}),
        ("d.json", {"categories": {"label": {"labels": [{"name": "text"}, {"name": "Ignore"}]}}, "items": [{"id": "1", "image": {"path": "1.jpg"}, "annotations": [BOX, {**BOX, "bbox": [10, 60, 80, 20], "label_id": 1}]}]}),
    ],
    ids=["COCO's attributes", "CVAT's attributes", "VIA's check list", "Datumaro's label"],
)  # fmt: skip
def test_what_a_tool_says_about_a_box_ignores_it(tmp_path: Path, name: str, content: Any) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / name).write_text(content if isinstance(content, str) else json.dumps(content))
    assert [box.ignore for box in planned(tmp_path).pictures[0].boxes] == [False, True]


def test_datumaro_turns_boxes_about_their_centre(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", width=1000, height=500)
    box = {"type": "bbox", "bbox": [300, 200, 400, 100], "attributes": {"rotation": 30.0}}
    write_json(tmp_path / "d.json", {"categories": {}, "items": [{"id": "a", "annotations": [box]}]})
    assert corners(planned(tmp_path)) == {"a.jpg": [[[352, 107], [698, 307], [648, 393], [302, 193]]]}


@pytest.mark.parametrize("head", ["filename", "#filename"])
def test_a_broken_row_of_vias_table_is_told_with_its_place_and_drops_no_other(tmp_path: Path, head: str) -> None:
    put(tmp_path, "1.jpg")
    columns = f"{head},file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes"
    good = json.dumps(VIA[0]).replace('"', '""')
    rows = (columns, f'1.jpg,9,"{{}}",2,0,"{good}","{{}}"', '1.jpg,9,"{}",2,1,"nan,nan","{}"')
    (tmp_path / "via.csv").write_text("\n".join(rows))
    plan = planned(tmp_path)
    assert corners(plan) == {"1.jpg": [QUAD]}
    (problem,) = plan.tally.problems
    assert (problem.kind, problem.where, problem.detail) == ("broken", "via.csv:3", "nan,nan")
