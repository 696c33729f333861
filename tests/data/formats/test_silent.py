"""No label is lost or moved without a word."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ocrweb.data.formats.plan import ImportOptions, ImportPlan, plan_import
from ocrweb.data.formats.write import report_of, write_import
from ocrweb.errors import OcrwebError
from tests.data.corpus import box_of_line
from tests.data.formats.sources import HEIGHT, QUAD, WIDTH, entry, label_txt, put, put_turned, write_json

CURVE = "10,40,15,25,30,20,50,18,70,20,85,25,90,40,80,50,70,40,50,36,30,40,20,50"


def planned(root: Path, **options: Any) -> ImportPlan:
    plan = plan_import(root, ImportOptions(val_ratio=0, **options))
    assert report_of(plan).accounted
    return plan


def corners(plan: ImportPlan) -> dict[str, list[Any]]:
    return {picture.file: [box.points.tolist() for box in picture.boxes] for picture in plan.pictures}


@pytest.mark.parametrize("text", [",CURVED", ",####CURVED", ""])
def test_all_points_of_a_polygon_in_a_label_line_count(tmp_path: Path, text: str) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "1.txt").write_text(CURVE + text)
    plan = planned(tmp_path)
    box = plan.pictures[0].boxes[0]
    low, high = box.points.min(axis=0), box.points.max(axis=0)
    assert (low.tolist(), high.tolist()) == ([10, 18], [90, 50])
    assert box.text == ("CURVED" if text else "text")
    assert plan.adjusted["reduced"] == 1
    assert np.array_equal(np.sort(box_of_line(CURVE + text).points, axis=0), np.sort(box.points, axis=0))


def test_numbers_far_from_the_box_are_its_text() -> None:
    far = box_of_line("500,300,600,300,600,320,500,320,1,2,3,4,x")
    assert (far.points[0].tolist(), far.text) == ([500, 300], "1,2,3,4,x")


def test_one_bad_first_line_drops_no_good_one(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg", "2.jpg")
    (tmp_path / "gt_1.txt").write_text("x1,y1,x2,y2\n10,20,90,20,90,40,10,40,a\n10,60,90,60,90,80,10,80,b\n")
    plan = planned(tmp_path)
    assert len(corners(plan)["1.jpg"]) == 2
    assert [problem.where for problem in plan.tally.problems if problem.kind == "broken"] == ["gt_1.txt:1"]
    (tmp_path / "gt_1.txt").unlink()
    path = label_txt(tmp_path, {"1.jpg": [entry()], "2.jpg": [entry()]})
    path.write_text("made by hand\n" + path.read_text())
    assert list(corners(planned(tmp_path))) == ["1.jpg", "2.jpg"]


def test_a_file_of_which_little_can_be_read_is_named_where_others_can(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg", "2.jpg", "3.jpg")
    (tmp_path / "gt_1.txt").write_text("10,20,90,20,90,40,10,40,a\n10,60,90,60,90,80,10,80,b\n")
    (tmp_path / "gt_2.txt").write_text("x1,y1,x2,y2\n10,20,90,20,90,40,10,40,a\n")
    (tmp_path / "gt_3.txt").write_text("nothing of ours\n")
    plan = planned(tmp_path)
    assert {file: len(boxes) for file, boxes in corners(plan).items()} == {"1.jpg": 2, "2.jpg": 1}
    assert [problem.where for problem in plan.tally.problems if problem.kind == "broken"] == [
        "gt_2.txt:1",
        "gt_3.txt:1",
    ]


@pytest.mark.parametrize("content", ["", '{"info": {"year": 20', '{"version": "5.0"'])
def test_a_json_file_that_breaks_off_is_named_where_others_can_be_read(tmp_path: Path, content: str) -> None:
    put(tmp_path, "1.jpg", "2.jpg")
    shape = {"label": "x", "points": QUAD}
    write_json(tmp_path / "1.json", {"shapes": [shape], "imagePath": "1.jpg"})
    (tmp_path / "2.json").write_text(content)
    plan = planned(tmp_path)
    assert list(corners(plan)) == ["1.jpg"]
    assert [problem.where for problem in plan.tally.problems if problem.kind == "broken"] == ["2.json"]


def test_a_text_beside_labels_is_none(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "gt_1.txt").write_text("10,20,90,20,90,40,10,40,a\n")
    (tmp_path / "1.txt").write_text("the words of the page\n")
    assert not planned(tmp_path).tally.problems


@pytest.mark.parametrize(("mine", "other"), [("train/1.jpg", "test/1.jpg"), ("a/1.jpg", "b/1.jpg")])
def test_a_label_file_is_of_one_picture_of_its_name(tmp_path: Path, mine: str, other: str) -> None:
    put(tmp_path, mine, other)
    (tmp_path / mine).with_name("gt_1.txt").write_text("10,20,90,20,90,40,10,40,a\n")
    plan = planned(tmp_path)
    assert corners(plan) == {mine: [QUAD]}
    assert [(problem.kind, problem.where) for problem in plan.tally.problems] == [("unlabelled", other)]


@pytest.mark.parametrize("names", [("1.jpg", "1.png"), ("a/1.jpg", "b/1.jpg")])
def test_a_label_file_that_may_be_of_two_pictures_is_of_none(tmp_path: Path, names: tuple[str, ...]) -> None:
    put(tmp_path, *names, "2.jpg")
    for label in ("1", "2"):
        (tmp_path / f"gt_{label}.txt").write_text("10,20,90,20,90,40,10,40,a\n")
    plan = planned(tmp_path)
    assert corners(plan) == {"2.jpg": [QUAD]}
    assert plan.tally.counts["ambiguous"] == 2


def test_pages_of_a_tiff_without_labels_are_counted(tmp_path: Path) -> None:
    pages = [Image.new("L", (WIDTH, HEIGHT), shade) for shade in (0, 99, 255)]
    pages[0].save(tmp_path / "1.tif", save_all=True, append_images=pages[1:])
    write_json(tmp_path / "1.json", {"shapes": [{"label": "x", "points": QUAD}], "imagePath": "1.tif"})
    plan = planned(tmp_path)
    assert corners(plan) == {"1.tif": [QUAD]}
    assert [problem.where for problem in plan.tally.problems] == ["1.tif#2", "1.tif#3"]
    assert plan.account.pictures == 3


@pytest.mark.parametrize("names", ["images/b{0}/1.jpg labels/b{0}/gt_1.txt", "b{0}/img/1.jpg gts/b{0}/1.txt"])
def test_pictures_and_labels_of_the_same_name_meet_by_their_folders(tmp_path: Path, names: str) -> None:
    for number in (1, 2):
        picture, label = names.format(number).split()
        put(tmp_path, picture)
        (tmp_path / label).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / label).write_text(f"10,{20 * number},90,{20 * number},90,60,10,60,a\n")
    tops = {file: boxes[0][0][1] for file, boxes in corners(planned(tmp_path)).items()}
    assert tops == {names.split()[0].format(number): 20 * number for number in (1, 2)}


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


def test_masks_of_letters_are_no_boxes(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "1.txt").write_text('255 0 0 50 30 10 20 90 40 "a"\n#0 255 0 50 70 10 60 90 80 "b"\n')
    with pytest.raises(OcrwebError, match=r"formats\.unknown"):
        plan_import(tmp_path)


def test_texts_in_an_encoding_that_cannot_be_told_leave_their_boxes(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "gt_1.txt").write_bytes("10,20,90,20,90,40,10,40,café\n".encode("latin-1"))
    assert corners(planned(tmp_path)) == {"1.jpg": [QUAD]}


def test_a_picture_number_may_be_written_as_a_decimal(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    annotations = [{"image_id": 1.0, "bbox": [10, 20, 80, 20]}]
    write_json(tmp_path / "c.json", {"images": [{"id": 1, "file_name": "1.jpg"}], "annotations": annotations})
    assert corners(planned(tmp_path)) == {"1.jpg": [QUAD]}


def test_corners_and_sizes_are_not_taken_for_corners(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "1.txt").write_text("100 20 80 20\n100 60 80 20\n10 20 90 40\n")
    with pytest.raises(OcrwebError, match=r"formats\.unknown"):
        plan_import(tmp_path)


def test_what_is_no_annotation_is_counted(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    write_json(
        tmp_path / "c.json",
        {"images": [{"id": 1, "file_name": "1.jpg"}], "annotations": [None, {"image_id": 1, "bbox": [10, 20, 80, 20]}]},
    )
    plan = planned(tmp_path)
    assert (plan.account.boxes, plan.tally.counts["broken"]) == (2, 1)


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


@pytest.mark.parametrize("file", ["NFC", "NFD"])
def test_names_meet_in_either_form_of_unicode(tmp_path: Path, file: Any) -> None:
    name = unicodedata.normalize(file, "한글é.jpg")
    put(tmp_path, name)
    label_txt(tmp_path, {unicodedata.normalize("NFD" if file == "NFC" else "NFC", name): [entry()]})
    assert corners(planned(tmp_path)) == {name: [QUAD]}


def test_the_reason_is_named_when_no_picture_is_left(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    shape = {"label": "x", "points": QUAD, "shape_type": "polygon"}
    write_json(tmp_path / "1.json", {"shapes": [shape], "imagePath": "1.jpg", "imageWidth": 640, "imageHeight": 640})
    with pytest.raises(OcrwebError) as refused:
        plan_import(tmp_path)
    assert "640×640 ≠ 200×120" in refused.value.message("en")
    assert "1 × 1.json" in refused.value.message("zh")


def test_python_quotes_are_read(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "train.txt").write_text(f"1.jpg\t{[entry()]!r}\n")
    assert corners(planned(tmp_path)) == {"1.jpg": [QUAD]}


def test_cvat_turns_boxes_about_their_centre(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", width=1000, height=500)
    entry = {"image_id": 1, "bbox": [300, 200, 400, 100], "segmentation": [], "attributes": {"rotation": 30.0}}
    write_json(tmp_path / "c.json", {"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [entry]})
    assert corners(planned(tmp_path)) == {"a.jpg": [[[352, 107], [698, 307], [648, 393], [302, 193]]]}


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


def coco(annotations: list[Any], name: str = "1.jpg") -> dict[str, Any]:
    images = [{"id": 1, "file_name": name, "width": WIDTH, "height": HEIGHT}]
    return {"images": images, "annotations": [{"image_id": 1, "bbox": box} for box in annotations]}


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


def test_counts_are_counts(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    label_txt(tmp_path, {"1.jpg": [entry()]})
    document = report_of(planned(tmp_path)).to_dict()
    flags = ("all_ignored", "guessed")
    assert not [name for name, value in document.items() if isinstance(value, bool) and name not in flags]


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


@pytest.mark.parametrize("rotation", [30.0, "30", "30.0"])
def test_a_turn_counts_as_a_number_or_as_a_text_of_one(tmp_path: Path, rotation: Any) -> None:
    put(tmp_path, "a.jpg", width=1000, height=500)
    entry = {"image_id": 1, "bbox": [300, 200, 400, 100], "attributes": {"rotation": rotation}}
    write_json(tmp_path / "c.json", {"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [entry]})
    assert corners(planned(tmp_path)) == {"a.jpg": [[[352, 107], [698, 307], [648, 393], [302, 193]]]}


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


def test_commas_in_lists_of_total_text_are_read(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    line = "x: [[10, 90, 90, 10]], y: [[20, 20, 40, 40]], ornt: [u'h'], transcriptions: [u'a']\n"
    (tmp_path / "poly_gt_1.txt").write_text(line)
    assert corners(planned(tmp_path)) == {"1.jpg": [QUAD]}


@pytest.mark.parametrize("change", [("true", "True"), ("}]", "},]")], ids=["Python's True", "a comma after the last"])
def test_lines_that_are_half_json_half_python_are_read(tmp_path: Path, change: tuple[str, str]) -> None:
    put(tmp_path, "1.jpg")
    path = label_txt(
        tmp_path, {"1.jpg": [entry(), {**entry([[10, 60], [90, 60], [90, 80], [10, 80]]), "difficult": True}]}
    )
    path.write_text(path.read_text().replace(*change))
    assert [box.ignore for box in planned(tmp_path).pictures[0].boxes] == [False, True]


def test_the_reason_is_named_when_no_box_is_left(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    write_json(tmp_path / "c.json", {**coco([]), "annotations": [{"image_id": 1, "keypoints": [1, 2, 2]}]})
    with pytest.raises(OcrwebError) as refused:
        write_import(plan_import(tmp_path), tmp_path / "out")
    assert "1 × c.json#1" in refused.value.message("en")
