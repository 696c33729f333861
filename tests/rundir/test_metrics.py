from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.rundir import metrics


def test_the_header_is_written_once_also_into_a_file_that_is_there_and_empty(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    path.touch()
    for step in (1, 2):
        metrics.append_row(path, {"step": step})
    assert path.read_bytes().count(b"\n") == 3
    assert path.read_bytes().count(b"step") == 1
    assert b"\r" not in path.read_bytes()


def test_a_file_that_is_not_there_has_no_rows_and_a_torn_cell_no_number(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    assert metrics.read_rows(path) == []
    path.write_text("step,hmean,loss\n1,0.5,\n2,0.,x\n3\n")
    rows = metrics.read_rows(path)
    assert [(row["step"], row["hmean"], row["loss"]) for row in rows] == [(1, 0.5, None), (2, 0, None), (3, None, None)]
    assert list(rows[0]) == list(metrics.COLUMNS)


def test_a_column_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="speed"):
        metrics.append_row(tmp_path / "metrics.csv", {"step": 1, "speed": 3})
