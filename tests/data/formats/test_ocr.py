"""Answers of OCR engines: which page is which picture, what is empty, and what was only read by a machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrweb.data.formats.content import kind_of
from ocrweb.data.formats.folder import made_by
from ocrweb.data.formats.ocr_engines import hocr as pages_of_hocr
from ocrweb.data.formats.plan import ImportOptions, ImportPlan, plan_import
from ocrweb.data.formats.quads import around
from ocrweb.data.formats.tree import read_source
from ocrweb.data.formats.write import report_of
from ocrweb.errors import OcrwebError
from tests.data.formats.kinds import (
    FLAT,
    FLAT_LOW,
    KINDS,
    LOW,
    SIZE,
    document_ai,
    hocr,
    hocr_line,
    textract_block,
    tsv,
    vision_word,
)
from tests.data.formats.sources import QUAD, put

Boxes = dict[str, list[Any]]
SERVICES = ("hocr", "tesseract", "textract", "google-vision", "azure", "document-ai")


def planned(folder: Path, name: str, content: str, **options: Any) -> ImportPlan:
    (folder / name).write_text(content)
    return plan_import(folder, ImportOptions(val_ratio=0, **options))


def boxes(plan: ImportPlan) -> Boxes:
    assert report_of(plan).accounted
    return {picture.file: [box.points.tolist() for box in picture.boxes] for picture in plan.pictures}


def azure(*pages: dict[str, Any]) -> str:
    told = [{"pageNumber": number, "unit": "pixel", **SIZE, **page} for number, page in enumerate(pages, start=1)]
    return json.dumps({"analyzeResult": {"pages": told}})


def two_pages() -> dict[str, str]:
    """The first box on the first page, the second on the second."""
    lines = [hocr(hocr_line(quad, "a"), image="scan.tif") for quad in (QUAD, LOW)]
    rows = tsv((4, 1, 0, 10, 20, 80, 20, ""), (4, 1, 0, 10, 60, 80, 20, "")).splitlines()
    rows[2] = rows[2].replace("4\t1", "4\t2", 1)
    answers = [
        {
            "fullTextAnnotation": {
                "pages": [{**SIZE, "blocks": [{"paragraphs": [{"words": [vision_word(quad, "a")]}]}]}]
            },
            "context": {"uri": "gs://bucket/scan.pdf", "pageNumber": number},
        }
        for number, quad in ((1, QUAD), (2, LOW))
    ]
    return {
        "hocr": lines[0].replace("</body></html>", lines[1].partition("<body>")[2]),
        "tesseract": "\n".join(rows) + "\n",
        "textract": json.dumps({"Blocks": [textract_block("LINE", QUAD, "a", 1), textract_block("LINE", LOW, "b", 2)]}),
        "google-vision": json.dumps({"responses": answers}),
        "azure": azure({"lines": [{"polygon": FLAT}]}, {"lines": [{"polygon": FLAT_LOW}]}),
        "document-ai": json.dumps(document_ai([(QUAD, "a")], [(LOW, "b")])),
    }


@pytest.mark.parametrize("format", SERVICES)
@pytest.mark.parametrize(
    "names",
    [("scan-1.png", "scan-2.png"), ("scan_page_001.jpg", "scan_page_002.jpg"), ("scan-0.png", "scan-1.png"), ("scan.jpg", "scan-2.jpg")],
    ids=["pdftoppm", "with zeros", "from 0", "first without"],
)  # fmt: skip
def test_each_page_of_a_document_finds_its_picture(tmp_path: Path, format: str, names: tuple[str, str]) -> None:
    put(tmp_path, *names)
    plan = planned(tmp_path, "scan.out", two_pages()[format])
    assert plan.format == format
    assert boxes(plan) == {names[0]: [QUAD], names[1]: [LOW]}


@pytest.mark.parametrize("format", SERVICES)
def test_a_page_whose_picture_is_not_there_is_missing_with_its_boxes(tmp_path: Path, format: str) -> None:
    put(tmp_path, "scan-1.png")
    plan = planned(tmp_path, "scan.out", two_pages()[format])
    assert boxes(plan) == {"scan-1.png": [QUAD]}
    assert plan.account.left_out["missing"] == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("1.hocr", hocr()),
        ("1.tsv", tsv((1, 0, 0, *SIZE.values(), ""))),
        ("1.json", json.dumps({"Blocks": [{"BlockType": "PAGE", "Page": 1}]})),
        ("1.json", json.dumps({"responses": [{"fullTextAnnotation": {"pages": [{**SIZE, "blocks": []}]}}]})),
        ("1.json", azure({"lines": [], "words": []})),
        ("1.json", json.dumps(document_ai([]))),
        ("1.json", json.dumps({"TextDetections": [], "TextModelVersion": "3.0"})),
        ("1.json", json.dumps({"Response": {"TextDetections": [], "Angle": 0, "RequestId": "x"}})),
        ("1.json", json.dumps({"words_result": [], "words_result_num": 0, "log_id": 1})),
        ("1.json", json.dumps({"prism_wordsInfo": [], "prism_wnum": 0, **SIZE})),
        ("1.json", json.dumps({"result": {"words_block_list": [], "words_block_count": 0}})),
        ("boxes.csv", "filename,xmin,ymin,xmax,ymax\n1.jpg,,,,\n"),
    ],
    ids=[*SERVICES, "rekognition", "tencent", "baidu", "aliyun", "huawei", "csv"],
)
def test_a_page_on_which_nothing_was_read_is_a_picture_without_text(tmp_path: Path, name: str, content: str) -> None:
    put(tmp_path, "1.jpg")
    plan = planned(tmp_path, name, content)
    assert boxes(plan) == {"1.jpg": []}
    assert report_of(plan).empty == 1


@pytest.mark.parametrize("format", [*SERVICES, "rekognition", "tencent", "baidu", "aliyun", "huawei"])
def test_what_a_machine_read_is_told_as_unconfirmed(tmp_path: Path, format: str) -> None:
    put(tmp_path, "1.jpg")
    name, content, _ = KINDS[format]
    assert planned(tmp_path, name, content).guessed


def test_a_picture_that_the_service_could_not_read_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    put(tmp_path, "scan-1.png", "scan-2.png")
    answers = json.loads(two_pages()["google-vision"])["responses"]
    plan = planned(tmp_path, "scan.json", json.dumps({"responses": [answers[0], {"error": {"code": 3}}]}))
    assert boxes(plan) == {"scan-1.png": [QUAD]}
    assert report_of(plan).counts["unlabelled"] == 1


def test_lines_of_vision_end_where_it_says_and_with_their_paragraph(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    spots = [[[x, y], [x + 10, y], [x + 10, y + 10], [x, y + 10]] for x, y in ((10, 10), (30, 12), (10, 30), (30, 30))]
    words = [vision_word(spot, text, end) for spot, text, end in zip(spots, "abcd", ("SPACE", 5, "HYPHEN", "UNKNOWN"), strict=True)]  # fmt: skip
    full = {"pages": [{**SIZE, "blocks": [{"paragraphs": [{"words": words}, {"words": words[:1]}]}]}]}
    plan = planned(tmp_path, "1.json", json.dumps({"fullTextAnnotation": full}))
    (found,) = plan.pictures
    assert [box.text for box in found.boxes] == ["a b", "c", "d", "a"]
    assert found.boxes[0].points.tolist() == [[10, 10], [40, 10], [40, 22], [10, 22]]


def test_words_of_a_tilted_line_make_a_tilted_box() -> None:
    turn = np.array([[0.8, 0.6], [-0.6, 0.8]])
    words = [np.array([[x, 0], [x + 20, 0], [x + 20, 10], [x, 10]], float) @ turn for x in (0, 30)]
    assert np.allclose(around(words), np.array([[0, 0], [50, 0], [50, 10], [0, 10]]) @ turn)


def test_texts_of_hocr_are_those_of_its_words() -> None:
    (page,) = pages_of_hocr(hocr(hocr_line(QUAD, "caf&eacute;", "&amp;"), "<p>left out", hocr_line(LOW, "b")))
    assert [line.text for line in page.lines if line is not None] == ["café &", "b"]
    assert (page.size, page.named) == (tuple(SIZE.values()), "1.jpg")


def test_letters_of_a_word_are_joined_and_other_readings_of_them_left_out() -> None:
    """As Tesseract writes them with hocr_char_boxes and lstm_choice_mode."""
    letters = "".join(
        f"\n<span class='ocrx_cinfo' title='x_bboxes {x} 20 {x + 9} 40; x_conf 99'>{letter}</span>"
        f"\n<span class='ocrx_cinfo' id='lstm_choices_{x}'>\n<span class='ocrx_cinfo' title='x_confs 8'>{other}</span></span>"
        for x, letter, other in ((10, "a", "o"), (20, "l", "I"))
    )
    (page,) = pages_of_hocr(hocr(hocr_line(QUAD, letters, "1")))
    assert [line.text for line in page.lines if line is not None] == ["al 1"]


@pytest.mark.parametrize("odd", ["<![of[ours", "<div>" * 2000], ids=["declaration", "deep"])
def test_hocr_that_no_page_can_be_read_from_is_told_as_broken(tmp_path: Path, odd: str) -> None:
    put(tmp_path, "1.jpg")
    with pytest.raises(OcrwebError, match=r"formats\.no-pictures"):
        planned(tmp_path, "1.hocr", hocr().replace("</div>", odd))


def test_a_table_gives_way_to_the_files_of_another_tool(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "1.xml").write_text(KINDS["voc"][1])
    assert planned(tmp_path, "labels.csv", KINDS["csv"][1]).format == "voc"
    assert made_by(read_source(tmp_path)).formats == ("voc",)
    assert plan_import(tmp_path, ImportOptions(format="csv")).format == "csv"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.csv", "image_path,json,success,boxes,mean_score,width,height\n", None),
        ("a.csv", "x1,y1,x2,y2\n", "csv"),
        ("a.txt", "x1,y1,x2,y2\n", None),
        ("a.txt", "image,x1,y1,x2,y2\n", "csv"),
        ("a.csv", "name,price\n", None),
        ("a.json", json.dumps({"pages": [{"page_idx": 0, "blocks": []}]}), None),
        ("a.json", json.dumps({"pages": [{"pageNumber": 1, "dimension": {"unit": "pixels"}, "lines": []}]}), None),
        ("a.json", json.dumps({"Blocks": [{"Type": "x"}]}), None),
        ("a.json", json.dumps([{"Blocks": [{"BlockType": "PAGE"}]}]), "textract"),
        ("a.json", json.dumps({"TextDetections": [{"TextDetection": {"Type": "LINE"}, "Timestamp": 0}]}), None),
        ("a.json", json.dumps({"TextDetections": []}), None),
        ("a.json", json.dumps({"ExpenseDocuments": []}), None),
        ("a.json", json.dumps({"words_result": [{"words": "a"}], "words_result_num": 1}), None),
        ("a.json", json.dumps({"words_result": {"InvoiceNum": "1"}, "words_result_num": 1}), None),
        ("a.json", json.dumps({"a.jpg": {"price": 1}}), None),
        ("a.html", "<html><body class='page'>ocr_page</body></html>", None),
    ],
)
def test_only_what_they_write_is_taken_for_theirs(name: str, content: str, kind: str | None) -> None:
    assert kind_of(content.encode(), name) == kind
