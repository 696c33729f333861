from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.result import SHRUNK, DetectionResult
from ocrweb.services.batch import rows as batch_rows
from ocrweb.services.batch.rows import Row, Rows, WrittenError, kept_row, read_rows, shown_document
from ocrweb.services.batch.summary import summary_row


def row(number: int, *, failed: bool = False) -> Row:
    return Row(number, f"{number}.png", 0 if failed else 2, 0.1, OcrwebError("image.empty") if failed else None, None)


def test_a_failed_picture_stays_however_many_come_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_rows, "SHOWN_ROWS", 3)
    rows = Rows()
    for number in range(1, 11):
        rows.add(row(number, failed=number in {1, 4}))
    assert [kept.number for kept in rows.failed] == [1, 4]
    assert [kept.number for kept in rows.latest] == [8, 9, 10]
    assert (rows.done, rows.failures, rows.boxes) == (10, 2, 16)


def test_failed_pictures_without_end_are_counted_but_not_all_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_rows, "MOST_FAILED", 2)
    rows = Rows()
    for number in range(1, 6):
        rows.add(row(number, failed=True))
    assert [kept.number for kept in rows.failed] == [1, 2]
    assert rows.failures == 5


def test_a_line_that_a_kill_cut_short_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "summary.csv").write_text(
        "image_path,json,success,boxes,mean_score,width,height,inference_time,error\n"
        "a.png,a.json,true,3,0.9,10,10,0.2,\nb.png,b.json,false,0,,0,0,0.0,image.empty\nc.png,c.js",
        encoding="utf-8-sig",
    )
    rows = read_rows(tmp_path)
    assert [(kept.name, kept.boxes, kept.seconds) for kept in rows.latest] == [("a.png", 3, 0.2)]
    assert [kept.error.code for kept in rows.failed if kept.error] == ["image.empty"]
    assert rows.done == 2


def test_the_summary_tells_tiles_and_warnings() -> None:
    seen = DetectionResult("a.png", 9, 9, "m", "cpu", 0.2, tiles=3, warnings=(SHRUNK,))
    line = summary_row(seen.to_dict(), "a.json")
    assert (line["tiles"], line["warnings"]) == (3, "picture-shrunk")
    line = summary_row({**seen.to_dict(), "tiles": None, "warnings": 7}, "a.json")  # written by something else
    assert (line["tiles"], line["warnings"]) == (1, "")


def test_tiles_and_warnings_are_read_again_and_unknown_ones_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "summary.csv").write_text(
        "image_path,json,success,boxes,mean_score,width,height,inference_time,error,tiles,warnings\n"
        "a.png,a.json,true,3,0.9,10,10,0.2,,6,picture-shrunk from-a-later-version\n",
        encoding="utf-8-sig",
    )
    (kept,) = read_rows(tmp_path).latest
    assert (kept.tiles, kept.warnings) == (6, ("picture-shrunk",))


def written(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}")


LINE = {
    "image_path": "票.png",
    "json": "a.json",
    "success": "true",
    "boxes": "3",
    "inference_time": "0.25",
    "error": "",
}


@pytest.mark.parametrize(
    ("drawn", "found"),
    [(["a_result.png"], "a_result.png"), (["detection_a.png"], "detection_a.png"), (["a_result.png", "detection_a.png"], "a_result.png"), ([], None)],
)  # fmt: skip
def test_the_drawing_of_a_picture_is_found_by_either_of_its_names(
    drawn: list[str], found: str | None, tmp_path: Path
) -> None:
    written(tmp_path, *(f"visualization/{name}" for name in drawn))
    kept = kept_row(7, LINE, tmp_path)
    assert kept == Row(7, "票.png", 3, 0.25, None, tmp_path / "visualization" / found if found else None)


def test_a_failed_picture_has_the_sentence_that_was_written_and_no_drawing(tmp_path: Path) -> None:
    failed = {**LINE, "success": "False", "boxes": "0", "error": "image.empty"}
    written(tmp_path, "visualization/a_result.png")
    kept = kept_row(1, failed, tmp_path)
    assert kept is not None
    assert (kept.error, kept.drawing) == (WrittenError("image.empty", "image.empty", ""), None)
    (tmp_path / "json").mkdir()
    document = {"error": {"code": "image.empty", "message": "It is empty.", "hint": "Take another."}}
    (tmp_path / "json" / "a.json").write_text(json.dumps(document))
    kept = kept_row(1, failed, tmp_path)
    assert kept is not None
    assert kept.error is not None
    assert [kept.error.code, kept.error.message("zh"), kept.error.hint("zh")] == [
        "image.empty",
        "It is empty.",
        "Take another.",
    ]
    for damaged in ("{", "[]", '{"error": null}', '{"error": {"code": 1}}'):
        (tmp_path / "json" / "a.json").write_text(damaged)
        kept = kept_row(1, failed, tmp_path)
        assert kept is not None
        assert kept.error == WrittenError("image.empty", "image.empty", "")


@pytest.mark.parametrize("spoilt", [{"boxes": "many"}, {"inference_time": ""}, {"json": None}, {"tiles": "x"}, {"success": None, "boxes": None}])  # fmt: skip
def test_a_line_that_is_none_is_left_out(spoilt: dict[str, str], tmp_path: Path) -> None:
    assert kept_row(1, {**LINE, **spoilt}, tmp_path) is None


def test_the_document_of_a_drawing_is_found_by_either_of_its_names(tmp_path: Path) -> None:
    seen = DetectionResult("a.png", 9, 9, "m", "cpu", 0.2)
    (tmp_path / "json").mkdir()
    for name in ("a", "result"):
        (tmp_path / "json" / f"{name}.json").write_text(json.dumps({**seen.to_dict(), "image_path": name}))
    for drawing, name in (("a_result.png", "a"), ("detection_result.png", "result")):
        document = shown_document(tmp_path / "visualization" / drawing)
        assert document is not None
        assert document["image_path"] == name
    assert shown_document(tmp_path / "visualization" / "b_result.png") is None


def test_a_folder_without_a_summary_tells_nothing(tmp_path: Path) -> None:
    assert read_rows(tmp_path).done == 0
