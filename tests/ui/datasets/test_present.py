"""Cards and downloads of datasets."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.data.validate import validate_dataset
from ocrweb.services.datasets.jobs import DatasetJob, Outcome
from ocrweb.ui.datasets.present import job_card, readable_bytes, saved_findings, verdict_card
from tests.data.corpus import label, make_good

REPAIRED = Outcome("mine", (("repaired", {"changes": 3}),))


@pytest.mark.parametrize(
    ("lang", "kept", "stopped", "nothing"),
    [
        ("en", "Mended: 3 changes", "was stopped", "Nothing was changed"),
        ("zh", "修复完成：共 3", "校验已停止", "未作任何"),
    ],
)
def test_a_check_that_was_stopped_does_not_deny_the_change_before_it(
    lang: str, kept: str, stopped: str, nothing: str
) -> None:
    card = job_card(DatasetJob("1", "cancelled", kind="repair", outcome=REPAIRED), lang)
    assert kept in card
    assert stopped in card
    assert nothing not in card
    assert nothing in job_card(DatasetJob("1", "cancelled", kind="import"), lang)


def test_downloads_of_findings_do_not_mix_languages(tmp_path: Path) -> None:
    english = saved_findings(tmp_path, "mine", "en", {"csv": "rule"})
    chinese = saved_findings(tmp_path, "mine", "zh", {"csv": "规则"})
    assert "rule" in Path(english["csv"]).read_text(encoding="utf-8")
    assert "规则" in Path(chinese["csv"]).read_text(encoding="utf-8")


def test_a_good_dataset_is_ready(tmp_path: Path) -> None:
    card = verdict_card(validate_dataset(make_good(tmp_path / "good")), "en")
    assert 'data-ok="true"' in card
    assert "Ready to train" in card


def test_each_finding_is_counted_once_on_the_card(tmp_path: Path) -> None:
    root = make_good(tmp_path / "mixed")
    label("1，2，30，2，30，20，1，20，a", "x,2,30,2,30,20,1,20,b", "")(root)
    report = validate_dataset(root)
    assert (report.counts["error"], report.counts["fixable"]) == (2, 2)
    card = verdict_card(report, "en")
    assert "Errors: 2 (1 mended with one click, 1 left for a person)." in card
    assert "Warnings: 1 (1 mended with one click, 0 for a person to judge)." in card
    assert "错误 2 处（可一键修复 1 处，需人工处理 1 处）。" in verdict_card(report, "zh")


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KB"), (200 << 20, "200 MB"), (3 << 40, "3072 GB")],
)
def test_sizes_are_readable(count: int, said: str) -> None:
    assert readable_bytes(count) == said
