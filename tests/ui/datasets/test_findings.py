"""How what was found in a dataset is shown: filtered, as text and never as markup, with what would be mended."""

from __future__ import annotations

import html
import shutil
from pathlib import Path
from urllib.parse import urlencode

import pytest

from ocrweb.data.repair.plan import plan_repair
from ocrweb.data.validate import validate_dataset
from ocrweb.ui.datasets.check import editor_of
from ocrweb.ui.datasets.findings import FindingFilter, diff_html, findings_html
from tests.data.corpus import label, make_good

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    root = make_good(tmp_path / "hostile")
    label(f"1，2，30，2，30，20，1，20，{HOSTILE}", f"x,2,30,2,30,20,1,20,{HOSTILE}")(root)
    return root


def test_texts_of_a_dataset_are_never_markup(hostile: Path) -> None:
    report = validate_dataset(hostile)
    shown = findings_html(report, FindingFilter(), "en") + diff_html(plan_repair(hostile), "en")
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


def test_a_finding_leads_to_its_picture_in_the_label_editor(hostile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(hostile.parent))
    (hostile.parent / "datasets").mkdir()
    shutil.move(hostile, hostile.parent / "datasets" / "shop")
    report = validate_dataset(hostile.parent / "datasets" / "shop")
    shown = findings_html(report, FindingFilter(), "en", editor_of("shop"))
    place = f"labels/edit?{urlencode({'dataset': 'shop', 'picture': 'train_images/3.jpg'})}"
    assert shown.count(html.escape(place)) == len(
        [found for found in report.findings if found.file == "train_gts/3.txt"]
    )
    assert not [found for found in report.findings if found.file and editor_of("away")(found.file)]


@pytest.mark.parametrize(
    ("chosen", "rules"),
    [
        (FindingFilter(), ["label.separator", "label.not-a-number"]),
        (FindingFilter(rule="label.separator"), ["label.separator"]),
        (FindingFilter(by_hand=True), ["label.not-a-number"]),
        (FindingFilter(severities=("warning",)), []),
    ],
    ids=["all", "one-rule", "by-hand", "warnings"],
)
def test_findings_are_filtered(hostile: Path, chosen: FindingFilter, rules: list[str]) -> None:
    report = validate_dataset(hostile)
    shown = findings_html(report, chosen, "en")
    assert [found for found in report.rules if f'data-rule="{found}"' in shown] == rules


def test_the_diff_says_what_is_mended_in_no_line_of_its_own(tmp_path: Path) -> None:
    root = make_good(tmp_path / "bom")
    file = root / "train_gts" / "1.txt"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert "(BOM)" in diff_html(plan_repair(root), "en")


def test_a_long_diff_is_cut_with_a_count(tmp_path: Path) -> None:
    root = make_good(tmp_path / "long")
    label(*["1，2，30，2，30，20，1，20，a"] * 30)(root)
    shown = diff_html(plan_repair(root), "en", limit=5)
    assert shown.count('class="del"') + shown.count('class="add"') == 4
    assert "27 more lines" in shown
