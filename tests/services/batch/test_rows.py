from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.result import SHRUNK, DetectionResult
from ocrweb.services.batch import rows as batch_rows
from ocrweb.services.batch.rows import Row, Rows, read_rows
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


def test_a_folder_without_a_summary_tells_nothing(tmp_path: Path) -> None:
    assert read_rows(tmp_path).done == 0
