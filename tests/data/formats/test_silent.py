"""No label is lost or moved without a word: label lines, and which picture they are of."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ocrweb.data.formats.plan import plan_import
from ocrweb.data.formats.write import report_of
from ocrweb.errors import OcrwebError
from tests.data.corpus import box_of_line
from tests.data.formats.sources import HEIGHT, QUAD, WIDTH, corners, entry, label_txt, planned, put, write_json

CURVE = "10,40,15,25,30,20,50,18,70,20,85,25,90,40,80,50,70,40,50,36,30,40,20,50"


@pytest.mark.parametrize("text", [",CURVED", ",####CURVED", ""])
def test_all_points_of_a_polygon_in_a_label_line_count(tmp_path: Path, text: str) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "1.txt").write_text(CURVE + text)
    plan = planned(tmp_path)
    box = plan.pictures[0].boxes[0]
    low, high = box.points.min(axis=0), box.points.max(axis=0)
    assert (low.tolist(), high.tolist()) == ([10, 18], [90, 50])
    assert box.text == ("CURVED" if text else "text")
    assert report_of(plan).adjusted["reduced"] == 1
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


def test_masks_of_letters_are_no_boxes(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "1.txt").write_text('255 0 0 50 30 10 20 90 40 "a"\n#0 255 0 50 70 10 60 90 80 "b"\n')
    with pytest.raises(OcrwebError, match=r"formats\.unknown"):
        plan_import(tmp_path)


def test_texts_in_an_encoding_that_cannot_be_told_leave_their_boxes(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "gt_1.txt").write_bytes("10,20,90,20,90,40,10,40,café\n".encode("latin-1"))
    assert corners(planned(tmp_path)) == {"1.jpg": [QUAD]}


def test_corners_and_sizes_are_not_taken_for_corners(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "1.txt").write_text("100 20 80 20\n100 60 80 20\n10 20 90 40\n")
    with pytest.raises(OcrwebError, match=r"formats\.unknown"):
        plan_import(tmp_path)


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


def test_counts_are_counts(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    label_txt(tmp_path, {"1.jpg": [entry()]})
    document = report_of(planned(tmp_path)).to_dict()
    flags = ("all_ignored", "guessed")
    assert not [name for name, value in document.items() if isinstance(value, bool) and name not in flags]


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
