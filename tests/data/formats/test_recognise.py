"""Formats are told by content, never by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocrweb.data.formats.content import kind_of
from ocrweb.data.formats.plan import ImportOptions, plan_import
from ocrweb.errors import OcrwebError
from tests.data.formats.sources import QUAD, entry, label_txt, put, write_json

COCO = {"images": [], "annotations": [], "categories": []}
LABELME = {"version": "5", "shapes": [], "imagePath": "1.jpg", "imageData": None}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ('a/1.jpg\t[{"points": []}]\n', "ppocrlabel"),
        ("1.jpg\t[]\n", "ppocrlabel"),
        (json.dumps(LABELME), "labelme"),
        (json.dumps(LABELME, indent=2), "labelme"),
        (json.dumps(COCO), "coco"),
        (json.dumps({"imgs": {}, "anns": {}}), "coco"),
        (json.dumps({"metainfo": {}, "data_list": []}), "mmocr"),
        (json.dumps({"file_name": "1.jpg", "annotations": []}) + "\n", "mmocr-lines"),
        (json.dumps([{"data": {"ocr": "1.jpg"}, "annotations": []}]), "label-studio"),
        (json.dumps([{"data": {"ocr": "1.jpg"}, "predictions": []}]), "label-studio"),
        (json.dumps([{"image": "1.jpg", "label": [{"x": 1, "width": 2, "rotation": 0}]}]), "label-studio"),
        ("1,2,30,2,30,20,1,20,text\n", "icdar"),
        ("1 2 30 2 30 20 1 20 text\n", "icdar"),
        ("train_images/1.jpg train_gts/1.txt\n", None),
        ("hello\n", None),
        ("", None),
        ("{}", None),
        ("[1, 2, 3]", None),
        (json.dumps({"note": 'the key "shapes": is only quoted'}), None),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_each_content_is_recognised_in_each_encoding(content: str, kind: str | None, encoding: str) -> None:
    assert kind_of(content.encode(encoding)) == kind


def test_a_label_file_may_be_called_anything(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    label_txt(tmp_path, {"1.jpg": [entry()]}, "my annotations.dat")
    assert plan_import(tmp_path).format == "ppocrlabel"


def test_two_formats_are_not_mixed_and_one_can_be_named(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    label_txt(tmp_path, {"1.jpg": [entry()]})
    shape = {"label": "x", "points": [[1, 1], [50, 1], [50, 20]], "shape_type": "polygon"}
    write_json(tmp_path / "1.json", {**LABELME, "shapes": [shape]})
    with pytest.raises(OcrwebError, match=r"formats\.several"):
        plan_import(tmp_path)
    plan = plan_import(tmp_path, ImportOptions(format="ppocrlabel"))
    assert plan.pictures[0].boxes[0].points.tolist() == QUAD


@pytest.mark.parametrize(
    ("files", "wanted", "code"),
    [
        ({}, "auto", "formats.unknown"),
        ({"readme.txt": "hello"}, "auto", "formats.unknown"),
        ({"Cache.cach": "1.jpg\t[]"}, "auto", "formats.only-cache"),
        ({"rec_gt_train.txt": "crop/1.jpg\thello\ncrop/2.jpg\t发票\n"}, "auto", "formats.recognition"),
        ({"Label.txt": "1.jpg\t[]"}, "coco", "formats.not-there"),
        ({"Label.txt": "1.jpg\t[]"}, "sketch", "usage.bad-value"),
        ({"Label.txt": "elsewhere.jpg\t[]"}, "auto", "formats.no-pictures"),
    ],
)
def test_what_cannot_be_imported_is_refused_with_its_code(
    tmp_path: Path, files: dict[str, str], wanted: str, code: str
) -> None:
    put(tmp_path, "1.jpg")
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(OcrwebError) as refused:
        plan_import(tmp_path, ImportOptions(format=wanted))
    assert refused.value.code == code
    assert refused.value.message("zh") != refused.value.message("en")


def test_the_reason_is_named_where_a_file_cannot_be_read(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "1.json").write_text("// mine\n{}")
    with pytest.raises(OcrwebError, match=r"1\.json \(Expecting value: line 1 column 1") as refused:
        plan_import(tmp_path)
    assert refused.value.code == "formats.unknown"
