"""What is not to be learnt is told by each format's own marks, said, and open to the person's choice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocrweb.data.formats.marks import MARKS, mark_of
from ocrweb.data.formats.plan import ImportOptions, plan_import
from ocrweb.data.formats.report import ImportReport
from ocrweb.data.formats.write import report_of
from tests.data.formats.sources import QUAD, entry, label_txt, put, write_json

BOX = "10,20,90,20,90,40,10,40"


def report(root: Path, **options: Any) -> ImportReport:
    return report_of(plan_import(root, ImportOptions(val_ratio=0, **options)))


@pytest.mark.parametrize(
    ("lines", "because"),
    [
        ([f"{BOX},Latin,Hello", f"{BOX[:-2]}41,Latin,###", f"{BOX[:-2]}42,None,###"], {"###": 2}),
        ([f'{BOX},0,"a"', f'{BOX[:-2]}41,1,"b"', f'{BOX[:-2]}42,0,"###"'], {"###": 1, "difficulty": 1}),
        (['10, 20, 90, 40, "a"', '10, 50, 90, 70, "###"'], {"###": 1}),
        ([f"{BOX},Latin, is a language", f"{BOX[:-2]}41,plain", f"{BOX[:-2]}42,###"], {"###": 1}),
    ],
    ids=["MLT", "RCTW", "ICDAR2013", "one word that looks like a script"],
)
def test_fields_before_the_text_belong_to_their_dialect(
    tmp_path: Path, lines: list[str], because: dict[str, int]
) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "gt_1.txt").write_text("\n".join(lines))
    found = report(tmp_path)
    assert (found.boxes, found.ignored_because) == (len(lines), because)
    assert found.ignored == sum(because.values())


def test_a_mark_can_be_taken_as_text_and_a_word_as_a_mark(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    third = [[10, 80], [90, 80], [90, 100], [10, 100]]
    boxes = [
        entry(text="logo"),
        entry([[1, 50], [90, 50], [90, 70], [1, 70]], "x", difficult=True),
        entry(third, "###"),
    ]
    label_txt(tmp_path, {"1.jpg": boxes})
    assert report(tmp_path).ignored_because == {"###": 1, "difficult": 1}
    assert report(tmp_path, not_marks=("difficult",)).ignored_because == {"###": 1}
    assert report(tmp_path, ignore_words=("Logo",)).ignored_because == {"###": 1, "difficult": 1, "logo": 1}
    assert report(tmp_path, ignored_as_text=True).ignored_because == {}


def test_attributes_of_coco_and_flags_of_labelme_ignore(tmp_path: Path) -> None:
    put(tmp_path / "coco", "1.jpg")
    annotations = [
        {"image_id": 1, "bbox": [10, 20 + 20 * number, 80, 10], "attributes": given}
        for number, given in enumerate(({"occluded": False}, {"ignore": True}, {"illegible": "true"}, {"text": "###"}))
    ]
    write_json(tmp_path / "coco" / "c.json", {"images": [{"id": 1, "file_name": "1.jpg"}], "annotations": annotations})
    assert report(tmp_path / "coco").ignored_because == {"###": 1, "ignore": 1, "illegible": 1}
    put(tmp_path / "labelme", "1.jpg")
    shape = {"label": "x", "points": QUAD, "shape_type": "polygon", "flags": {"difficult": True}}
    write_json(tmp_path / "labelme" / "1.json", {"shapes": [shape], "imagePath": "1.jpg"})
    assert report(tmp_path / "labelme").ignored_because == {"difficult": 1}


def test_textocr_writes_a_dot_for_what_cannot_be_read(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg")
    anns = {"a_1": {"image_id": "a", "bbox": [10, 20, 80, 20], "utf8_string": "."}}
    write_json(tmp_path / "t.json", {"imgs": {"a": {"id": "a", "file_name": "a.jpg"}}, "anns": anns, "imgToAnns": {}})
    assert report(tmp_path).ignored_because == {".": 1}
    assert mark_of("coco", ".") == ""


def test_falsehood_may_be_the_mark() -> None:
    assert mark_of("hiertext", fields={"legible": False}) == "legible=false"
    assert mark_of("hiertext", fields={"legible": True}) == mark_of("hiertext") == ""
    assert all(word == word.lower() for marks in MARKS.values() for word in marks.words)
