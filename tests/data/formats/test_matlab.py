"""SynthText's ground truth, words of every picture, and Total-Text's, a file for each: in whatever way MATLAB stored them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.data.formats.options import ImportOptions
from ocrweb.data.formats.plan import ImportPlan, plan_import
from ocrweb.data.formats.synthtext import is_synthtext
from ocrweb.data.formats.write import report_of
from ocrweb.errors import OcrwebError
from tests.data.formats.kinds import LOW
from tests.data.formats.mat_file import gt_mat, poly_gt_mat
from tests.data.formats.more_kinds import AROUND, CURVE
from tests.data.formats.sources import QUAD, TILTED, put

NAMES, QUADS, TEXTS = ["8/a_1.jpg", "9/b.jpg"], [[QUAD, TILTED], [LOW]], [["two words "], ["one"]]


def planned(folder: Path, data: bytes) -> ImportPlan:
    put(folder, "8/a_1.jpg", "9/b.jpg")
    (folder / "gt.mat").write_bytes(data)
    plan = plan_import(folder, ImportOptions(val_ratio=0))
    assert report_of(plan).accounted
    return plan


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("dtype", ["f8", "f4", "u1"])
def test_words_and_boxes_are_read(tmp_path: Path, dtype: str, packed: bool) -> None:
    plan = planned(tmp_path, gt_mat(NAMES, QUADS, TEXTS, packed=packed, dtype=dtype))
    assert plan.format == "synthtext"
    assert {picture.file: [(box.points.tolist(), box.text) for box in picture.boxes] for picture in plan.pictures} == {
        "8/a_1.jpg": [(QUAD, "two"), (TILTED, "words")],
        "9/b.jpg": [(LOW, "one")],
    }


def test_texts_that_are_not_as_many_as_boxes_are_not_guessed(tmp_path: Path) -> None:
    plan = planned(tmp_path, gt_mat(NAMES, QUADS, [["three", "more words"], ["one"]]))
    assert [box.text for picture in plan.pictures for box in picture.boxes] == ["", "", "one"]


def test_a_damaged_file_is_no_source(tmp_path: Path) -> None:
    data = gt_mat(NAMES, QUADS, TEXTS)
    for size in range(0, len(data), 37):
        assert not is_synthtext(data[:size])
    with pytest.raises(OcrwebError, match="unknown"):
        planned(tmp_path, data[:200])
    flipped = bytearray(gt_mat(NAMES, QUADS, TEXTS, packed=False))
    for place in range(128, len(flipped), 11):
        data = bytes([*flipped[:place], flipped[place] ^ 0xFF, *flipped[place + 1 :]])
        (tmp_path / "gt.mat").write_bytes(data)
        assert refusal(tmp_path) in REFUSALS


REFUSALS = ("", "formats.unknown", "formats.no-pictures")


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("name", ["polygt", "gt"])
def test_total_text_keeps_outlines_and_ignores_what_is_illegible(tmp_path: Path, name: str, packed: bool) -> None:
    rows = [(CURVE, "PETRO", "c"), (LOW, "#", "#"), (QUAD, "sans", "#"), ([[10, 20]], "point", "h")]
    put(tmp_path, "img1.jpg", "img2.jpg")
    (tmp_path / "poly_gt_img1.mat").write_bytes(poly_gt_mat(rows, name=name, packed=packed))
    (tmp_path / "poly_gt_img2.mat").write_bytes(poly_gt_mat([], name=name, packed=packed))
    plan = plan_import(tmp_path, ImportOptions(val_ratio=0))
    report = report_of(plan)
    assert plan.format == "total-text"
    assert {picture.file: len(picture.boxes) for picture in plan.pictures} == {"img1.jpg": 3, "img2.jpg": 0}
    boxes = plan.pictures[0].boxes
    assert [box.points.tolist() for box in boxes] == [AROUND, LOW, QUAD]
    assert [box.ignore for box in boxes] == [False, True, True]
    assert boxes[0].text == "PETRO"
    assert boxes[0].polygon is not None
    assert boxes[0].polygon.tolist() == CURVE
    assert [(problem.kind, problem.where) for problem in plan.tally.problems] == [("broken", "poly_gt_img1.mat:4")]
    assert report.accounted


def test_a_damaged_file_of_total_text_is_told(tmp_path: Path) -> None:
    put(tmp_path, "img1.jpg")
    whole = poly_gt_mat([(CURVE, "PETRO", "c"), (LOW, "#", "#")], packed=False)
    for place in range(128, len(whole), 7):
        data = bytes([*whole[:place], whole[place] ^ 0xFF, *whole[place + 1 :]])
        (tmp_path / "poly_gt_img1.mat").write_bytes(data)
        assert refusal(tmp_path) in REFUSALS


def test_an_orientation_of_total_text_ignores_in_text_files_too(tmp_path: Path) -> None:
    put(tmp_path, "img1.jpg")
    line = "x: [[10 90 90 10]], y: [[20 20 40 40]], ornt: [u'#'], transcriptions: [u'sans']\n"
    (tmp_path / "poly_gt_img1.txt").write_text(line)
    assert [box.ignore for box in plan_import(tmp_path).pictures[0].boxes] == [True]


def refusal(folder: Path) -> str:
    """The code with which a folder is refused, "" for one that is read with all of it accounted for."""
    try:
        assert report_of(plan_import(folder, ImportOptions(val_ratio=0))).accounted
    except OcrwebError as refused:
        return refused.code
    return ""
