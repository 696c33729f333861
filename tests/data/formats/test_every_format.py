"""Every format: the right boxes by numbers, nothing lost without a word, and a row in the docs."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.data.formats.marks import MARKS
from ocrweb.data.formats.plan import ImportOptions, plan_import
from ocrweb.data.formats.recognise import FORMATS
from ocrweb.data.formats.write import report_of
from tests.data.formats.kinds import KINDS, LOW
from tests.data.formats.sources import QUAD, encoded, put


@pytest.mark.parametrize("format", FORMATS)
def test_each_format_gives_the_right_boxes_and_its_account_closes(tmp_path: Path, format: str) -> None:
    name, content, ignored = KINDS[format]
    put(tmp_path, "1.jpg", "bare.jpg")
    (tmp_path / name).write_bytes(encoded(content))
    plan = plan_import(tmp_path, ImportOptions(val_ratio=0))
    report = report_of(plan)
    assert (plan.format, report.counts["unlabelled"]) == (format, 1)
    assert [box.points.tolist() for box in plan.pictures[0].boxes] == [QUAD, LOW]
    assert [box.ignore for box in plan.pictures[0].boxes] == [False, bool(ignored)]
    assert sum(report.ignored_because.values()) == ignored
    assert report.accounted
    assert (report.account.pictures, report.account.boxes) == (2, 2)


@pytest.mark.parametrize("docs", ["docs/formats.md", "docs/formats_zh.md"])
def test_every_format_has_its_row_in_the_docs(docs: str) -> None:
    rows = [line.split("|")[1].strip() for line in Path(docs).read_text(encoding="utf-8").splitlines() if "|" in line]
    assert [name for name in FORMATS if f"`{name}`" not in rows] == []
    assert set(FORMATS) <= set(MARKS)
