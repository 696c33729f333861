"""A JSON file of one picture's boxes, as OCR programs answer and scripts keep it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocrweb.data.formats.result_json import result_in, results_in
from tests.data.formats.sources import QUAD, TILTED, corners, entry, planned, put, write_json

FLAT = [value for point in QUAD for value in point]


@pytest.mark.parametrize(
    ("name", "document", "texts", "guessed"),
    [
        ("1_res.json", {"input_path": "/in/1.jpg", "dt_polys": [QUAD, TILTED], "dt_scores": [0.9, 0.8]}, ["", ""], True),
        ("1_res.json", {"res": {"input_path": "1.jpg", "dt_polys": [QUAD], "rec_polys": [QUAD, TILTED], "rec_texts": ["a", "b"]}}, ["a", "b"], True),
        ("1.json", {"schema": 1, "image_path": "1.jpg", "boxes": [FLAT, TILTED], "scores": [0.9, 0.8], "texts": []}, ["", ""], True),
        ("1.json", [[QUAD, "a", 0.9], [TILTED, "b", 0.8]], ["a", "b"], True),
        ("1.json", [[QUAD, ["a", 0.9]], [TILTED, ["b", 0.8]]], ["a", "b"], True),
        ("1.json", [[[QUAD, ["a", 0.9]], [TILTED, ["b", 0.8]]]], ["a", "b"], True),
        ("gts/1.json", [entry(text="a"), entry(TILTED, "b")], ["a", "b"], False),
        ("gts/1.txt", [{"points": QUAD}, {"points": TILTED}], ["", ""], False),
    ],
    ids=["paddleocr-3", "paddlex", "ours", "rapidocr", "paddleocr-2", "paddleocr-2-pages", "by-hand", "by-hand-txt"],
)  # fmt: skip
def test_an_answer_for_one_picture_is_read(tmp_path: Path, name: str, document: Any, texts: list[str], guessed: bool) -> None:  # fmt: skip
    put(tmp_path, "1.jpg")
    write_json(tmp_path / name, document)
    plan = planned(tmp_path)
    assert corners(plan) == {"1.jpg": [QUAD, TILTED]}
    assert [box.text for box in plan.pictures[0].boxes] == texts
    assert (plan.guessed, plan.format) == (guessed, "det-results" if guessed else "ppocrlabel")


def test_marks_and_outlines_that_cannot_be_read_count(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    write_json(tmp_path / "1.json", [entry(text="###"), entry(TILTED), {"points": [[1, 2]]}, {"points": "x"}])
    plan = planned(tmp_path)
    assert [box.ignore for box in plan.pictures[0].boxes] == [True, False]
    assert plan.tally.counts["bad-shape"] == 2


def test_answers_by_picture_are_of_their_pictures(tmp_path: Path) -> None:
    put(tmp_path, "扫描/收据 1.jpg", "b.jpg", "c.jpg", "d.jpg")
    write_json(
        tmp_path / "all.json",
        {"收据 1.jpg": [[QUAD, "合计", 0.9]], "b.jpg": [[[TILTED, ["a", 0.9]]]], "c.jpg": [], "d.jpg": None},
    )
    plan = planned(tmp_path)
    assert corners(plan) == {"扫描/收据 1.jpg": [QUAD], "b.jpg": [TILTED], "c.jpg": []}
    assert plan.tally.counts["unlabelled"] == 1
    assert plan.guessed


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("odd", [None, 7, "x", "{", "[" * 9000, [], [QUAD], [[[1, 2]], "a"], {"boxes": [1, 2, 3, 4]}, [[[float("nan"), 1]] * 4, "a"], [[[1e308, 1]] * 4, "a"], ["一", "二", "三"]], ids=lambda odd: str(odd)[:12])  # fmt: skip
def test_what_is_no_box_among_them_is_counted(tmp_path: Path, odd: Any) -> None:
    put(tmp_path, "1.jpg")
    write_json(tmp_path / "all.json", {"1.jpg": [[QUAD, "a", 0.9], odd]})
    plan = planned(tmp_path)
    assert corners(plan) == {"1.jpg": [QUAD]}
    assert plan.account.left_out.total() == 1


@pytest.mark.parametrize(
    "document",
    [{"a.jpg": []}, {"a.jpg": [[1, 2, 3, 4]]}, {"a.jpg": {"x": 1}}, [{"file": "a.jpg", "boxes": [[1, 2, 3, 4]]}], [{"text": "a"}], ["{}"],
     {}, [], 7, "a", None, {"boxes": [FLAT]}, {"image_path": "1.jpg", "boxes": [FLAT]}, {"dt_polys": []}, {"dt_polys": [[1]]},
     [1, 2], [[1, 2]], [[QUAD]], [[QUAD, 7]], [[QUAD, []]], [{"a": 1}], [[]], [[[]]]],
)  # fmt: skip
def test_any_other_document_is_none(document: Any) -> None:
    assert result_in(document) is None
    assert results_in(document) == []
