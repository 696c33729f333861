"""A line of the summary is what its result says, also one of an older version or of a picture that failed."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from ocrweb.runtime.result import WARNINGS
from ocrweb.services.batch.summary import COLUMNS, SummaryCsv, known_warnings, summary_row

GOOD: dict[str, Any] = {
    "image_path": "票.jpg", "success": True, "boxes": [[0] * 8, [1] * 8], "scores": [0.9, 0.87654], "width": 3, "height": 4,
    "inference_time": 0.25, "error": None, "tiles": 2, "warnings": [*WARNINGS, "of tomorrow"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, {"success": "true", "boxes": 2, "mean_score": 0.8883, "error": "", "tiles": 2, "warnings": " ".join(WARNINGS)}),
        ({"scores": [], "boxes": []}, {"boxes": 0, "mean_score": ""}),
        ({"success": False, "error": {"code": "image.empty"}}, {"success": "false", "error": "image.empty"}),
        ({"error": {}}, {"error": ""}),
        ({"tiles": None, "warnings": None}, {"tiles": 1, "warnings": ""}),
        ({"tiles": "2", "warnings": "large"}, {"tiles": 1, "warnings": ""}),
    ],
    ids=repr,
)  # fmt: skip
def test_a_line_has_what_the_result_says(changes: dict[str, Any], told: dict[str, Any]) -> None:
    row = summary_row({**GOOD, **changes}, "1.json")
    assert tuple(row) == COLUMNS
    assert row["json"] == "1.json"
    assert {name: row[name] for name in told} == told
    assert known_warnings(["of tomorrow"]) == ()


def test_lines_of_an_earlier_run_come_first_and_each_line_is_there_at_once(tmp_path: Path) -> None:
    path = tmp_path / "summary.csv"
    path.write_text("before")
    first, second = (summary_row(GOOD, f"{number}.json") for number in (1, 2))
    with SummaryCsv(path, [first]) as summary:
        assert [row["json"] for row in csv.DictReader(path.open(encoding="utf-8-sig"))] == ["1.json"]
        summary.add(second)
        assert [row["json"] for row in csv.DictReader(path.open(encoding="utf-8-sig"))] == ["1.json", "2.json"]
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert [entry.name for entry in tmp_path.iterdir()] == ["summary.csv"]
    assert summary._stream.closed
