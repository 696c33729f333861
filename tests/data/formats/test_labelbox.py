"""Labelbox's export: names of rows, answers about outlines, several annotators, and lines that are damaged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from tests.data.formats.kinds import LOW, labelbox_box, labelbox_row
from tests.data.formats.sources import QUAD, corners, planned, put


def lay(folder: Path, *rows: Any) -> Path:
    file = folder / "export.ndjson"
    file.write_text("\n".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")  # fmt: skip
    return file


def test_a_picture_is_found_by_any_of_the_names_of_its_row(tmp_path: Path) -> None:
    put(tmp_path, "发票 1.jpg", "b.jpg", "c.jpg", "d.jpg")
    rows = [labelbox_row(labelbox_box(QUAD), name="发票 1.jpg") for _ in range(4)]
    rows[1]["data_row"] = {"id": "x", "external_id": None, "global_key": "in/b.jpg"}
    rows[2]["data_row"] = {"id": "y", "row_data": "https://storage.labelbox.com/a%2Fc.jpg?Expires=1"}
    rows[3]["data_row"] = {"id": "d"}
    lay(tmp_path, *rows)
    assert corners(planned(tmp_path)) == {key: [QUAD] for key in ["b.jpg", "c.jpg", "d.jpg", "发票 1.jpg"]}


def test_what_was_written_is_the_text_and_what_was_chosen_may_ignore(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    written = {"name": "Transcription", "value": "t", "text_answer": {"content": "合计 12"}}
    ticked = {"name": "flags", "checklist_answers": [{"name": "printed"}, {"name": "difficult"}]}
    deeper = {"name": "a", "radio_answer": {"name": "b", "classifications": [{"name": "ignore", "radio_answer": {"name": "yes"}}]}}  # fmt: skip
    lay(tmp_path, labelbox_row(*(labelbox_box(quad, classifications=[one]) for quad, one in ((QUAD, written), (LOW, ticked), ([[100, 20], [120, 20], [120, 40], [100, 40]], deeper)))))  # fmt: skip
    boxes = planned(tmp_path).pictures[0].boxes
    assert [(box.text, box.ignore) for box in boxes] == [("合计 12", False), ("", True), ("", True)]


def test_of_several_annotators_the_last_counts_and_the_others_are_told(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    row = labelbox_row(labelbox_box(LOW), label_details={"updated_at": "2026-01-02"})
    row["projects"]["other"] = labelbox_row(labelbox_box(QUAD), label_details={"updated_at": "2026-02-02"})["projects"][
        "cly"
    ]
    lay(tmp_path, row)
    plan = planned(tmp_path)
    assert corners(plan) == {"1.jpg": [QUAD]}
    assert plan.tally.counts["other-annotator"] == 1
    row["projects"]["cly"]["labels"][0]["performance_details"] = {"is_benchmark_reference": True}
    lay(tmp_path, row)
    assert corners(planned(tmp_path)) == {"1.jpg": [LOW]}


def test_a_row_that_nobody_labelled_is_no_picture_without_text(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg", "2.jpg", "3.jpg")
    bare = labelbox_row(name="2.jpg")
    bare["projects"]["cly"]["labels"] = []
    lay(tmp_path, labelbox_row(labelbox_box(QUAD)), bare, labelbox_row(name="3.jpg"))
    plan = planned(tmp_path)
    assert corners(plan) == {"1.jpg": [QUAD], "3.jpg": []}
    assert plan.tally.counts["unlabelled"] == 1


def test_frames_of_a_video_are_counted(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    row = labelbox_row(labelbox_box(QUAD))
    row["projects"]["cly"]["labels"][0]["annotations"]["frames"] = {"1": {"objects": {"a": labelbox_box(LOW)}}}
    lay(tmp_path, row)
    assert planned(tmp_path).account.left_out["bad-shape"] == 1


@pytest.mark.parametrize(
    "odd",
    ['{"data_row": {"id": "x"}, "projects"', "null", "[1]", '{"data_row": 3, "projects": 4}', "{}", "[" * 100_000],
)
def test_a_damaged_line_costs_itself_alone(tmp_path: Path, odd: str) -> None:
    put(tmp_path, "1.jpg", "2.jpg")
    lay(tmp_path, labelbox_row(labelbox_box(QUAD)), odd, "", labelbox_row(labelbox_box(LOW), name="2.jpg"))
    plan = planned(tmp_path)
    assert corners(plan) == {"1.jpg": [QUAD], "2.jpg": [LOW]}
    assert [problem.where for problem in plan.tally.problems] == ["export.ndjson:2"]


def test_a_document_that_is_cut_off_is_told_once(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    text = json.dumps([labelbox_row(labelbox_box(QUAD))], indent=1)
    (tmp_path / "export.json").write_text(text[: len(text) * 9 // 10])
    with pytest.raises(OcrwebError, match=r"formats\.no-pictures") as refused:
        planned(tmp_path)
    assert refused.value.message("en").count("cannot be read") == 1


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "value", [None, "九", float("nan"), 1e308, 10**400, [], {}, -(10**9)], ids=lambda value: str(value)[:6]
)
def test_a_side_that_is_no_number_costs_its_box_alone(tmp_path: Path, value: Any) -> None:
    put(tmp_path, "1.jpg")
    odd = labelbox_box(LOW)
    odd["bounding_box"]["left"] = value
    lay(tmp_path, labelbox_row(labelbox_box(QUAD), odd, None))
    plan = planned(tmp_path)
    assert corners(plan) == {"1.jpg": [QUAD]}
    assert plan.account.left_out.total() == 2
