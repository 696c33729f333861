"""A table of ours is opened in a spreadsheet: nothing in it is a formula there, and numbers are numbers."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from ocrweb.config.paths import PACKAGE
from ocrweb.services.batch.summary import COLUMNS, SummaryCsv
from ocrweb.services.files.table import Table, cell, plain


@pytest.mark.parametrize("text", ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", '"=1"', "＝1+1", "\n=1"])
def test_no_text_begins_like_a_formula(text: str) -> None:
    assert str(cell(text)).startswith("'")
    assert plain(cell(text)) == text


@pytest.mark.parametrize("value", [-1.5, 7, None, "a=b", "发票.png", "'quoted'", ""])
def test_the_rest_stays_as_it_is(value: object) -> None:
    assert cell(value) == value
    assert plain(str(value)) == str(value)


def test_turning_characters_are_written_out() -> None:
    stream = io.StringIO()
    Table(stream, ("name",)).add({"name": "a\u202egpj.exe"})
    assert stream.getvalue() == "name\r\na⟨U+202E⟩gpj.exe\r\n"


def test_the_summary_of_a_batch_is_safe_and_keeps_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "summary.csv"
    row = dict.fromkeys(COLUMNS, "") | {"image_path": "=cmd|'/c calc'!A1.png", "mean_score": -0.5}
    with SummaryCsv(path) as summary:
        summary.add(row)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        (read,) = csv.DictReader(stream)
    assert tuple(read) == COLUMNS
    assert read["image_path"] == "'" + row["image_path"]
    assert read["mean_score"] == "-0.5"
    with SummaryCsv(path, [read]):
        assert path.read_text(encoding="utf-8-sig").count("'=cmd") == 1


def test_there_is_one_writer_of_tables() -> None:
    """``metrics.csv`` lies below the services and holds numbers alone."""
    own = {"services/files/table.py", "rundir/metrics.py"}
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if "csv.writer(" in (text := path.read_text(encoding="utf-8")) or "csv.DictWriter(" in text
    }
    assert found == own
