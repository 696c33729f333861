"""No label is lost or moved without a word: COCO, whoever wrote it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocrweb.data.formats.plan import plan_import
from ocrweb.data.formats.write import write_import
from ocrweb.errors import OcrwebError
from tests.data.formats.sources import HEIGHT, QUAD, WIDTH, coco, corners, planned, put, put_turned, write_json


def test_a_picture_number_may_be_written_as_a_decimal(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    annotations = [{"image_id": 1.0, "bbox": [10, 20, 80, 20]}]
    write_json(tmp_path / "c.json", {"images": [{"id": 1, "file_name": "1.jpg"}], "annotations": annotations})
    assert corners(planned(tmp_path)) == {"1.jpg": [QUAD]}


def test_what_is_no_annotation_is_counted(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    write_json(
        tmp_path / "c.json",
        {"images": [{"id": 1, "file_name": "1.jpg"}], "annotations": [None, {"image_id": 1, "bbox": [10, 20, 80, 20]}]},
    )
    plan = planned(tmp_path)
    assert (plan.account.boxes, plan.tally.counts["broken"]) == (2, 1)


@pytest.mark.parametrize("rotation", [30.0, "30", "30.0"])
def test_a_turn_counts_as_a_number_or_as_a_text_of_one(tmp_path: Path, rotation: Any) -> None:
    put(tmp_path, "a.jpg", width=1000, height=500)
    entry = {"image_id": 1, "bbox": [300, 200, 400, 100], "attributes": {"rotation": rotation}}
    write_json(tmp_path / "c.json", {"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [entry]})
    assert corners(planned(tmp_path)) == {"a.jpg": [[[352, 107], [698, 307], [648, 393], [302, 193]]]}


def test_a_stated_size_that_contradicts_its_boxes_is_not_believed_and_otherwise_the_person_is_asked(
    tmp_path: Path,
) -> None:
    put_turned(tmp_path / "1.jpg", 6)  # stored 200 × 120, shown 120 × 200
    shown = [[10, 150], [50, 150], [50, 190], [10, 190]]
    write_json(tmp_path / "c.json", coco([[10, 150, 40, 40]]))
    assert corners(planned(tmp_path)) == {"1.jpg": [shown]}
    write_json(tmp_path / "c.json", coco([[10, 20, 40, 40]]))
    with pytest.raises(OcrwebError, match="--labels-on displayed"):
        plan_import(tmp_path)
    both = [[10, 20], [50, 20], [50, 60], [10, 60]]
    assert corners(planned(tmp_path, labels_on="displayed")) == {"1.jpg": [both]}
    put_turned(tmp_path / "2.jpg", 6, seed=3)
    write_json(tmp_path / "d.json", coco([[10, 150, 40, 40]], "2.jpg"))
    assert corners(planned(tmp_path)) == {"1.jpg": [both], "2.jpg": [shown]}


def test_label_studio_shows_pictures_upright_whatever_size_its_coco_export_states(tmp_path: Path) -> None:
    put_turned(tmp_path / "1.jpg", 6)
    keys = {"category_id": 0, "segmentation": [], "ignore": 0, "iscrowd": 0, "area": 1600}
    annotation = {"id": 0, "image_id": 0, "bbox": [10, 20, 40, 40], **keys}
    image = {"width": WIDTH, "height": HEIGHT, "id": 0, "file_name": "1.jpg"}
    document = {"images": [image], "annotations": [annotation], "categories": [{"id": 0, "name": "Text"}]}
    both = [[10, 20], [50, 20], [50, 60], [10, 60]]
    write_json(tmp_path / "c.json", document)
    assert corners(planned(tmp_path)) == {"1.jpg": [both]}
    assert corners(planned(tmp_path, labels_on="stored")) == {"1.jpg": [[[60, 10], [100, 10], [100, 50], [60, 50]]]}
    other = {"images": [{**image, "id": 7}], "annotations": [{"image_id": 7, "bbox": [10, 20, 40, 40]}]}
    write_json(tmp_path / "c.json", {**other, "info": {"contributor": "Label Studio"}})
    assert corners(planned(tmp_path)) == {"1.jpg": [both]}
    put_turned(tmp_path / "2.jpg", 6, seed=3)
    images = [image, {**image, "id": 1, "file_name": "2.jpg"}]
    far = {**annotation, "image_id": 1, "bbox": [150, 20, 40, 40]}
    write_json(tmp_path / "c.json", {**document, "images": images, "annotations": [annotation, far]})
    assert corners(planned(tmp_path))["1.jpg"] == [
        [[60, 10], [100, 10], [100, 50], [60, 50]]
    ]  # the other one proves it


@pytest.mark.parametrize("name", ["ignore", "Illegible", "###"])
def test_a_category_that_says_to_ignore_ignores(tmp_path: Path, name: str) -> None:
    put(tmp_path, "1.jpg")
    document = coco([[10, 20, 80, 20], [10, 60, 80, 20]])
    for number, annotation in enumerate(document["annotations"]):
        annotation["category_id"] = number
    document["categories"] = [{"id": 0, "name": "text"}, {"id": 1, "name": name}]
    write_json(tmp_path / "c.json", document)
    plan = planned(tmp_path)
    assert [box.ignore for box in plan.pictures[0].boxes] == [False, True]
    assert not plan.tally.counts["categories"]
    assert planned(tmp_path, not_marks=(name.lower(),)).pictures[0].ignored_because == ()


def test_the_reason_is_named_when_no_box_is_left(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    write_json(tmp_path / "c.json", {**coco([]), "annotations": [{"image_id": 1, "keypoints": [1, 2, 2]}]})
    with pytest.raises(OcrwebError) as refused:
        write_import(plan_import(tmp_path), tmp_path / "out")
    assert "1 × c.json#1" in refused.value.message("en")


@pytest.mark.parametrize(
    ("boxes", "corners_told"),
    [
        ([[10, 20, 90, 40], [120, 60, 190, 100]], True),
        ([[10, 20, 80, 20], [120, 60, 70, 40]], False),
        ([[10, 20, 80, 20], [120, 60, 90, 40]], False),  # one sticks out, and is no corner
        ([[120, 60, 190, 100]], False),  # one box proves nothing
    ],
)
def test_two_corners_in_place_of_a_size_are_read_as_such_and_told(
    tmp_path: Path, boxes: list[list[int]], corners_told: bool
) -> None:
    put(tmp_path, "1.jpg")
    write_json(tmp_path / "c.json", coco(boxes))
    plan = planned(tmp_path)
    assert plan.tally.counts["corners"] == corners_told
    if corners_told:
        assert corners(plan)["1.jpg"] == [QUAD, [[120, 60], [190, 60], [190, 100], [120, 100]]]
