"""How what was found in a dataset is shown: filtered, as text and never as markup, with what would be mended."""

from __future__ import annotations

import html
import re
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as drawn

from ocrweb.data.checks.finding import Finding
from ocrweb.data.repair.change import Change, LineEdit, RepairPlan
from ocrweb.data.repair.decisions import Decision
from ocrweb.data.repair.plan import plan_repair
from ocrweb.data.report import ValidationReport
from ocrweb.data.validate import validate_dataset
from ocrweb.ui.datasets.check import editor_of
from ocrweb.ui.datasets.findings import (
    FindingFilter,
    _change_words,
    _marked,
    decision_words,
    diff_html,
    findings_html,
    rule_choices,
    rule_words,
)
from ocrweb.ui.parts import texts
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


GONE = LineEdit(2, "a", None, ("label.degenerate",))
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


def report_with(*findings: Finding, kept: int = 0) -> ValidationReport:
    """kept: how many more there were of the first's rule."""
    rules = Counter(found.rule for found in findings)
    if kept:
        rules[findings[0].rule] += kept
    severities: Any = {"error": len(findings), "warning": 0, "info": 0}
    return ValidationReport(Path("/data"), findings, severities, dict(rules), 0, {}, True)


def saying(monkeypatch: pytest.MonkeyPatch, message: str) -> None:
    monkeypatch.setattr(Finding, "message", lambda self, lang: message.replace("@", self.quote))


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("a" * 40, "a" * 40),
        ("a" * 41, "a" * 39 + "…"),
        ("The file `b.txt` is empty. Delete it.", "The file b.txt is empty"),
        ("Too few: three", "Too few"),
        ("太少；共三", "太少"),
        ("3.5 of 4:5", "3.5 of 4:5"),
        ("It ends.", "It ends"),
    ],
    ids=["just fits", "one more", "first sentence", "colon", "Chinese", "numbers", "full stop"],
)
def test_a_rule_is_offered_by_the_first_few_words_of_what_it_found(
    monkeypatch: pytest.MonkeyPatch, message: str, words: str
) -> None:
    saying(monkeypatch, message)
    report = report_with(*[Finding("label.x", "error", False, "a.txt", line) for line in (1, 2)])
    assert rule_choices(report, "en") == [(f"{words} (2)", "label.x")]
    assert rule_words("label.y", report, "en") == "label.y"
    assert rule_words("label.x", None, "en") == "label.x"
    said = decision_words(Decision("drop-line", "label.x", "a\u202e.txt", 7), report, "en")
    assert said.endswith(f" · drop this line ({words})")
    assert "\u202e" not in said


@pytest.mark.parametrize(
    ("places", "chosen", "shown", "more"),
    [(30, "", 30, ""), (31, "", 30, "1 more"), (301, "label.no-text", 300, "1 more"), (300, "label.no-text", 300, "")],
    ids=["all", "one too many", "one too many of one rule", "all of one rule"],
)
def test_of_a_rule_the_first_places_are_shown_and_how_many_more_there_are(
    places: int, chosen: str, shown: int, more: str
) -> None:
    found = [Finding("label.no-text", "error", True, "a.txt", line) for line in range(1, places + 1)]
    html_shown = findings_html(report_with(*found), FindingFilter(rule=chosen), "en")
    assert html_shown.count("<li><b>") == shown
    assert more in html_shown.rpartition("<li")[2]
    assert html_shown.count("<li") == shown + bool(more)
    assert f"× {places}<" in html_shown


def test_what_a_rule_says_of_all_its_places_stands_once_and_what_it_says_of_one_beside_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    saying(monkeypatch, "The value `@` is odd")
    monkeypatch.setattr(Finding, "hint", lambda self, lang: "Look at `it`")
    one, other = Finding("r.x", "error", True, "a", 1, "p"), Finding("r.x", "error", False, "", None, "q")
    alike = findings_html(report_with(one, one), FindingFilter(), "en")
    assert alike.count("The value <code>p</code> is odd") == 1
    differing = findings_html(
        report_with(one, other), FindingFilter(), "en", lambda file: f"edit?{file}" if file else ""
    )
    first, second = re.findall("<li>(.*?)</li>", differing)
    assert first == (
        '<b>a:1</b> <code>p</code> The value <code>p</code> is odd <a class="ocrweb-edit" href="edit?a">'
        f"{texts.say('datasets.finding-edit', 'en')}</a>"
    )
    assert second == " <code>q</code> The value <code>q</code> is odd"
    assert "→ Look at <code>it</code>" in differing
    assert "ocrweb-fix" in differing
    assert "ocrweb-fix" not in findings_html(report_with(other), FindingFilter(), "en")
    assert " open>" in differing
    assert " open>" not in findings_html(report_with(replace(one, severity="warning")), FindingFilter(), "en")


def test_without_findings_and_with_more_than_were_kept_it_is_said() -> None:
    found = Finding("label.no-text", "error", True, "a.txt", 1)
    none, other = (findings_html(report_with(*some), FindingFilter(rule="r.y"), "en") for some in ((), (found,)))
    assert none != other
    assert "ocrweb-quiet" in none
    assert "ocrweb-rule" not in other
    last = texts.say("datasets.not-all-kept", "en")
    assert last not in findings_html(report_with(found), FindingFilter(), "en")
    assert last in html.unescape(findings_html(report_with(found, kept=2), FindingFilter(), "en"))


@pytest.mark.parametrize(
    ("edit", "lines"),
    [
        (LineEdit(3, "a", None, ()), [("del", "3", "−", "a")]),
        (LineEdit(None, None, "b", ()), [("add", "", "+", "b")]),
        (LineEdit(1, "xa", "xb", ()), [("del", "1", "−", "x<mark>a</mark>"), ("add", "1", "+", "x<mark>b</mark>")]),
    ],
    ids=["goes", "comes", "changes"],
)
def test_a_line_of_a_repair_has_its_number_its_sign_and_its_colour(
    edit: LineEdit, lines: list[tuple[str, ...]]
) -> None:
    plan = RepairPlan(Path("/data"), (Change("write", "a.txt", ("r",), edits=(edit,)),))
    found = re.findall(r'<div class="(del|add)"><i>(\d*)</i><b>(.)</b><span>(.*?)</span>', diff_html(plan, "en"))
    assert found == lines


def test_boxes_that_a_repair_drops_are_counted_first() -> None:
    plan = RepairPlan(
        Path("/data"), (Change("write", "a.txt", ("r",), edits=(GONE, GONE, LineEdit(3, "a", "b", ()), GONE)),)
    )
    shown = diff_html(plan, "en")
    assert "3" in re.findall('<div class="ocrweb-warning">(.*?)</div>', shown)[0]
    assert "change: 1." in re.findall('role="status">(.*?)</div>', shown)[0]
