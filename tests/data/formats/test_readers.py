"""Each tool's files are read as that tool means them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrweb.data.formats.plan import ImportOptions, ImportPlan, plan_import
from ocrweb.data.formats.write import report_of, write_import
from tests.data.formats.sources import HEIGHT, QUAD, TILTED, WIDTH, entry, label_txt, picture, put, write_json


def planned(root: Path, **options: Any) -> ImportPlan:
    return plan_import(root, ImportOptions(**options))


def boxes_by_picture(plan: ImportPlan) -> dict[str, list[tuple[list[list[float]], str, bool]]]:
    return {
        picture.file: [(box.points.tolist(), box.text, box.ignore) for box in picture.boxes]
        for picture in plan.pictures
    }


def kinds(plan: ImportPlan) -> dict[str, int]:
    return {kind: count for kind, count in plan.tally.counts.items() if count}


# PPOCRLabel / PaddleOCR


def test_label_txt_gives_texts_ignored_and_difficult_boxes(tmp_path: Path) -> None:
    put(tmp_path / "pics", "1.jpg", "2.jpg")
    label_txt(
        tmp_path / "pics",
        {"pics/1.jpg": [entry(text="总计, 12"), entry(TILTED, "###")], "pics/2.jpg": [entry(text="x", difficult=True)]},
    )
    plan = planned(tmp_path)
    assert plan.format == "ppocrlabel"
    assert boxes_by_picture(plan) == {
        "pics/1.jpg": [(QUAD, "总计, 12", False), (TILTED, "", True)],
        "pics/2.jpg": [(QUAD, "", True)],
    }
    assert kinds(plan) == {}


def test_a_name_that_starts_with_the_opened_folders_own_is_exact(tmp_path: Path) -> None:
    put(tmp_path / "pics", "a.jpg", "old/a.jpg")
    label_txt(tmp_path / "pics", {"pics/a.jpg": [entry()]})
    plan = planned(tmp_path / "pics")
    assert list(boxes_by_picture(plan)) == ["a.jpg"]
    assert kinds(plan)["unlabelled"] == 1


def test_ppocrlabel_side_files_hold_no_labels_of_ours(tmp_path: Path) -> None:
    folder = put(tmp_path / "pics", "1.jpg", "2.jpg", "crop_img/1_crop_0.jpg")
    label_txt(folder, {"pics/1.jpg": [entry()]})
    label_txt(folder, {"pics/1.jpg": [entry(TILTED)], "pics/2.jpg": [entry()]}, "Cache.cach")
    (folder / "fileState.txt").write_text("/home/x/pics/1.jpg\t1\n")
    (folder / "rec_gt.txt").write_text("crop_img/1_crop_0.jpg\thello\n")
    plan = planned(tmp_path)
    assert boxes_by_picture(plan) == {"pics/1.jpg": [(QUAD, "hello", False)]}
    assert kinds(plan) == {"unlabelled": 1}


@pytest.mark.parametrize("written", ["/data/old/place/1.jpg", "D:\\work\\pics\\1.jpg", "1.jpg", "pics/1.JPG", "1.png"])
def test_moved_and_renamed_paths_still_find_their_picture(tmp_path: Path, written: str) -> None:
    put(tmp_path / "pics", "1.jpg")
    label_txt(tmp_path, {written: [entry()]}, "train.txt")
    assert list(boxes_by_picture(planned(tmp_path))) == ["pics/1.jpg"]


def test_a_name_that_fits_two_pictures_is_listed_not_guessed(tmp_path: Path) -> None:
    put(tmp_path, "a/1.jpg", "b/1.jpg", "c/2.jpg")
    label_txt(tmp_path, {"old/1.jpg": [entry()], "c/2.jpg": [entry()]})
    plan = planned(tmp_path)
    assert list(boxes_by_picture(plan)) == ["c/2.jpg"]
    assert kinds(plan) == {"ambiguous": 1}


def test_the_longer_common_path_decides_between_two_pictures(tmp_path: Path) -> None:
    put(tmp_path, "x/a/1.jpg", "x/b/1.jpg")
    label_txt(tmp_path, {"/old/b/1.jpg": [entry()]})
    assert list(boxes_by_picture(planned(tmp_path))) == ["x/b/1.jpg"]


def test_damaged_lines_are_listed_with_their_number(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg", "2.jpg")
    good = "1.jpg\t" + json.dumps([entry(), {"transcription": "no points"}, {**entry(), "points": "?"}])
    (tmp_path / "Label.txt").write_text(f"{good}\n\nno tab at all\n2.jpg\t[{{broken\n2.jpg\t7\n", encoding="utf-8-sig")
    plan = planned(tmp_path)
    assert [problem.where for problem in plan.tally.problems if problem.kind == "broken"] == [
        "Label.txt:3",
        "Label.txt:4",
        "Label.txt:5",
    ]
    assert kinds(plan) == {"broken": 3, "bad-shape": 2, "unlabelled": 1}


# LabelMe


def labelme(**fields: Any) -> dict[str, Any]:
    shape = {"label": "text", "points": QUAD, "shape_type": "polygon"}
    given = {"version": "5.0", "shapes": [shape], "imagePath": "1.jpg", "imageData": None}
    return {**given, "imageWidth": WIDTH, "imageHeight": HEIGHT, **fields}


def test_labelme_takes_polygons_and_rectangles_with_corners_in_any_order(tmp_path: Path) -> None:
    put(tmp_path, "imgs/1.jpg")
    shapes = [
        {"label": "text", "points": TILTED, "shape_type": "polygon", "description": "世界"},
        {"label": "hello", "points": [[90, 40], [10, 20]], "shape_type": "rectangle"},
        {"label": "ignore", "points": [[100, 100], [150, 110]], "shape_type": "rectangle"},
        {"label": "text", "points": [[5, 5], [9, 9]], "shape_type": "circle"},
        {"label": "text", "points": [[5, 5], [9, 9], [5, 9]], "shape_type": "linestrip"},
        {"label": "text", "points": [[5, 5], [9, 9]], "shape_type": "polygon"},
        {"label": "text", "points": [[5, 5]], "shape_type": "rectangle"},
        {"label": "text", "points": [[5, 5, 9]]},
    ]
    write_json(tmp_path / "imgs" / "1.json", labelme(shapes=shapes))
    plan = planned(tmp_path)
    assert plan.format == "labelme"
    found = boxes_by_picture(plan)["imgs/1.jpg"]
    assert found == [
        (TILTED, "世界", False),
        (QUAD, "hello", False),
        ([[100, 100], [150, 100], [150, 110], [100, 110]], "", True),
    ]
    assert kinds(plan) == {"bad-shape": 5}


def test_labelme_image_path_may_hold_backslashes_and_image_data(tmp_path: Path) -> None:
    put(tmp_path, "imgs/1.jpg")
    huge = base64.b64encode(b"x" * 100_000).decode()
    write_json(tmp_path / "labels" / "1.json", labelme(imagePath="..\\imgs\\1.jpg", imageData=huge))
    assert list(boxes_by_picture(planned(tmp_path))) == ["imgs/1.jpg"]


def test_a_picture_that_only_the_labelme_file_holds_is_used(tmp_path: Path) -> None:
    write_json(tmp_path / "1.json", labelme(imageData=base64.b64encode(picture()).decode()))
    plan = planned(tmp_path)
    assert [(item.file, item.embedded) for item in plan.pictures] == [("", "1.json")]
    report = write_import(plan, tmp_path / "out")
    assert (report.pictures, [path.name for path in (tmp_path / "out" / "train_images").iterdir()]) == (1, ["1.jpg"])


# COCO


def coco(*annotations: dict[str, Any]) -> dict[str, Any]:
    image = {"id": 7, "file_name": "1.jpg", "width": WIDTH, "height": HEIGHT}
    given = [{"id": number, "image_id": 7, **annotation} for number, annotation in enumerate(annotations)]
    return {"images": [image], "annotations": given, "categories": [{"id": 1, "name": "text"}]}


def flat(points: list[list[float]]) -> list[float]:
    return [value for point in points for value in point]


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        pytest.param({"bbox": [10, 20, 80, 20]}, (QUAD, "", False), id="box"),
        pytest.param({"bbox": [0, 0, 9, 9], "segmentation": [flat(TILTED)]}, (TILTED, "", False), id="polygon wins"),
        pytest.param({"bbox": [10, 20, 80, 20], "segmentation": []}, (QUAD, "", False), id="empty segmentation"),
        pytest.param(
            {"bbox": [10, 20, 80, 20], "segmentation": {"counts": "x", "size": [1, 1]}}, (QUAD, "", False), id="mask"
        ),
        pytest.param({"bbox": [10, 20, 80, 20], "iscrowd": 1}, (QUAD, "", True), id="crowd is ignored"),
        pytest.param({"bbox": [10, 20, 80, 20], "text": "A&B"}, (QUAD, "A&B", False), id="text"),
        pytest.param(
            {"bbox": [10, 20, 80, 20], "legibility": "illegible", "utf8_string": ""}, (QUAD, "", True), id="illegible"
        ),
        pytest.param(
            {
                "segmentation": [
                    flat([[10, 20], [40, 20], [40, 40], [10, 40]]),
                    flat([[60, 20], [90, 20], [90, 40], [60, 40]]),
                ]
            },
            (QUAD, "", False),
            id="parts are one text",
        ),
    ],
)
def test_coco_annotations(tmp_path: Path, annotation: dict[str, Any], expected: Any) -> None:
    put(tmp_path, "images/1.jpg")
    write_json(tmp_path / "annotations" / "instances.json", coco(annotation))
    plan = planned(tmp_path)
    assert plan.format == "coco"
    assert boxes_by_picture(plan) == {"images/1.jpg": [expected]}


def test_coco_boxes_of_several_categories_are_taken_aloud(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    document = coco({"bbox": [10, 20, 80, 20], "category_id": 1}, {"bbox": [0, 50, 80, 40], "category_id": 2})
    document["categories"] += [{"id": 2, "name": "figure"}, {"id": 3, "name": "unused"}]
    write_json(tmp_path / "coco.json", document)
    plan = planned(tmp_path)
    assert kinds(plan) == {"categories": 1}
    assert plan.tally.problems[0].detail == "figure, text"
    assert len(plan.pictures[0].boxes) == 2


def test_coco_text_and_textocr_keep_images_and_annotations_by_id(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    document = {
        "imgs": {"7": {"id": 7, "file_name": "1.jpg", "width": WIDTH, "height": HEIGHT, "set": "train"}},
        "anns": {
            "1": {"image_id": "7", "utf8_string": "hi", "points": flat(QUAD)},
            "2": {"image_id": 7, "mask": flat(TILTED), "legibility": "legible"},
        },
        "imgToAnns": {"7": [1, 2]},
    }
    write_json(tmp_path / "cocotext.json", document)
    plan = planned(tmp_path)
    assert boxes_by_picture(plan) == {"1.jpg": [(QUAD, "hi", False), (TILTED, "", False)]}
    assert plan.pictures[0].hint == "train"


def test_annotations_of_unknown_pictures_are_listed(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    document = coco({"bbox": [10, 20, 80, 20]})
    document["annotations"].append({"id": 9, "image_id": 99, "bbox": [1, 1, 5, 5]})
    document["images"].append({"id": 8, "file_name": "gone.jpg", "width": 5, "height": 5})
    write_json(tmp_path / "coco.json", document)
    assert kinds(planned(tmp_path)) == {"missing": 2}


# MMOCR


def test_mmocr_1_has_polygons_or_corner_boxes(tmp_path: Path) -> None:
    put(tmp_path, "imgs/1.jpg")
    instances = [
        {"polygon": flat(TILTED), "bbox": [0, 0, 1, 1], "bbox_label": 0, "ignore": False, "text": "ok"},
        {"bbox": [10, 20, 90, 40], "bbox_label": 0, "ignore": True},
        {"text": "no outline"},
    ]
    document = {
        "metainfo": {"dataset_type": "TextDetDataset", "task_name": "textdet"},
        "data_list": [{"img_path": "imgs/1.jpg", "height": HEIGHT, "width": WIDTH, "instances": instances}],
    }
    write_json(tmp_path / "textdet_train.json", document)
    plan = planned(tmp_path)
    assert plan.format == "mmocr"
    assert boxes_by_picture(plan) == {"imgs/1.jpg": [(TILTED, "ok", False), (QUAD, "", True)]}
    assert kinds(plan) == {"bad-shape": 1}


def test_an_entry_of_mmocr_that_names_no_picture_is_told_by_its_number(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    good = {"img_path": "1.jpg", "instances": [{"bbox": [10, 20, 90, 40]}]}
    write_json(tmp_path / "m.json", {"metainfo": {}, "data_list": [{"instances": good["instances"]}, 7, good]})
    plan = planned(tmp_path)
    assert list(boxes_by_picture(plan)) == ["1.jpg"]
    assert kinds(plan) == {"broken": 2}


def test_mmocr_0_has_one_json_object_a_line(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg", "2.jpg")
    lines = [
        {
            "file_name": "1.jpg",
            "height": HEIGHT,
            "width": WIDTH,
            "annotations": [{"bbox": [10, 20, 80, 20], "iscrowd": 1}],
        },
        {"file_name": "2.jpg", "annotations": [{"box": flat(TILTED), "text": "t", "label": 3}]},
    ]
    (tmp_path / "instances_training.txt").write_text("\n".join(map(json.dumps, lines)) + "\n{oops\n")
    plan = planned(tmp_path)
    assert plan.format == "mmocr"
    assert boxes_by_picture(plan) == {"1.jpg": [(QUAD, "", True)], "2.jpg": [(TILTED, "t", False)]}
    assert kinds(plan) == {"broken": 1}


# ICDAR2015


LINE = "10,20,90,20,90,40,10,40"


def test_icdar2015_downloads_pair_by_gt_names_and_keep_their_split(tmp_path: Path) -> None:
    put(tmp_path, "ch4_training_images/img_1.jpg", "ch4_test_images/img_1.jpg", "ch4_test_images/img_2.jpg")
    train, test = tmp_path / "ch4_training_localization_transcription_gt", tmp_path / "Challenge4_Test_Task1_GT"
    train.mkdir()
    test.mkdir()
    (train / "gt_img_1.txt").write_bytes(
        b"\xef\xbb\xbf" + f"{LINE},Genaxis, Theatre\r\n{LINE.replace('90', '95')},###\r\n".encode()
    )
    (test / "gt_img_1.txt").write_text(f"{LINE},b\n")
    (test / "gt_img_2.txt").write_text("")
    plan = planned(tmp_path)
    assert plan.format == "icdar"
    assert plan.split_by == "source"
    by_file = {item.file: item for item in plan.pictures}
    assert {file: item.split for file, item in by_file.items()} == {
        "ch4_training_images/img_1.jpg": "train",
        "ch4_test_images/img_1.jpg": "test",
        "ch4_test_images/img_2.jpg": "test",
    }
    assert [box.text for box in by_file["ch4_training_images/img_1.jpg"].boxes] == ["Genaxis, Theatre", ""]
    assert [box.ignore for box in by_file["ch4_training_images/img_1.jpg"].boxes] == [False, True]
    assert by_file["ch4_test_images/img_2.jpg"].boxes == ()


def test_lists_of_picture_names_alone_say_the_split(tmp_path: Path) -> None:
    put(tmp_path, "images/1.jpg", "images/2.jpg", "images/3.jpg")
    (tmp_path / "gts").mkdir()
    for number in (1, 2, 3):
        (tmp_path / "gts" / f"{number}.txt").write_text(f"{LINE},a\n")
    (tmp_path / "train_list.txt").write_text("images/1.jpg\nimages/2.jpg\n")
    (tmp_path / "test_list.txt").write_text("3.jpg\n")
    plan = planned(tmp_path)
    assert {item.file: item.split for item in plan.pictures} == {
        "images/1.jpg": "train",
        "images/2.jpg": "train",
        "images/3.jpg": "test",
    }


def test_broken_label_lines_and_labels_without_picture_are_listed(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "gt_1.txt").write_text(f"{LINE},a\n1,2,3\n{LINE.replace(',', '，')}，全角\n")
    (tmp_path / "gt_9.txt").write_text(f"{LINE},a\n")
    (tmp_path / "readme.txt").write_text("Thank you for downloading.\n")
    plan = planned(tmp_path)
    assert kinds(plan) == {"broken": 1, "missing": 1}
    assert report_of(plan).adjusted["duplicates"] == 1
    assert np.array_equal(plan.pictures[0].boxes[0].points, QUAD)
