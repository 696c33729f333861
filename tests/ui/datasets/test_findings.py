"""How what was found in a dataset is shown: filtered, as text and never as markup, with what would be mended."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as drawn

from ocrweb.data.repair.change import Change, RepairPlan
from ocrweb.data.repair.plan import plan_repair
from ocrweb.data.validate import validate_dataset
from ocrweb.ui.datasets.check import editor_of
from ocrweb.ui.datasets.findings import FindingFilter, _change_words, _marked, diff_html, findings_html, rule_choices
from ocrweb.ui.parts.escape import escape
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


LINES = drawn.text("ab<&,1 ", max_size=8)


@given(LINES, LINES)
def test_of_two_lines_the_very_part_that_differs_is_marked(before: str, after: str) -> None:
    old, new = (str(part) for part in _marked(before, after))
    for marked, text in ((old, before), (new, after)):
        assert marked.replace("<mark>", "").replace("</mark>", "") == escape(text)
        assert marked.count("<mark>") == marked.count("</mark>") <= 1
    middles = [part.partition("<mark>")[2].partition("</mark>")[0] for part in (old, new)]
    if before == after:
        assert middles == ["", ""]
    elif all(middles):
        assert html.unescape(middles[0])[0] != html.unescape(middles[1])[0]
        assert html.unescape(middles[0])[-1] != html.unescape(middles[1])[-1]
    else:
        assert any(middles)


def test_a_line_that_comes_or_goes_is_not_marked() -> None:
    assert _marked(None, "<a>") == (None, "&lt;a&gt;")
    assert _marked("<a>", None) == ("&lt;a&gt;", None)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change("rename", "a.txt", ("r",), "b.txt"), "<del>a.txt</del> → <ins>b.txt</ins>"),
        (Change("write", "b.jpg", ("r",), convert="a.heic"), "<del>a.heic</del> → <ins>b.jpg</ins>"),
        (Change("delete", "a.txt", ("r",)), " <del>a.txt</del>"),
        (Change("write", "a.txt", ("r",)), " a.txt"),
    ],
)
def test_a_change_names_its_files_as_what_goes_and_what_comes(change: Change, words: str) -> None:
    said = _change_words(change, "en")
    assert said.endswith(words)
    assert said.count("<del>") == words.count("<del>")


@pytest.mark.parametrize(("changes", "limit", "more"), [(3, 9, 0), (3, 3, 0), (3, 2, 1), (5, 1, 4)])
def test_a_long_repair_is_cut_and_says_how_much_is_left_out(changes: int, limit: int, more: int) -> None:
    plan = RepairPlan(Path("/data"), tuple(Change("delete", f"{number}.txt", ("r",)) for number in range(changes)))
    shown = diff_html(plan, "en", limit)
    assert shown.count('class="file"') == min(changes, limit) + (1 if more else 0)
    assert (str(more) in shown.rpartition("</b>")[2]) is bool(more)
    assert "ocrweb-warning" not in shown
    assert "ocrweb-diff" not in diff_html(RepairPlan(Path("/data"), ()), "en", limit)


def test_rules_are_chosen_by_what_they_found_and_not_by_their_names(hostile: Path) -> None:
    report = validate_dataset(hostile)
    for lang in ("en", "zh"):
        words = [word for word, _ in rule_choices(report, lang)]
        assert not [word for word in words if re.search(r"\b(label|list|layout|pair|image|stats)\.[a-z]", word)]
        assert all(len(word) < 50 for word in words)
