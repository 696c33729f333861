"""The pass over a whole dataset: counts, bounds, progress, cancelling, strictness."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.data import report as reporting
from ocrweb.data.checks.finding import make_visible
from ocrweb.data.checks.rules import RULES
from ocrweb.data.validate import ValidateOptions, validate_dataset
from ocrweb.errors import OcrwebError
from ocrweb.messages.catalogue import load_area
from tests.data.corpus import content, every_line, label, make_good, remove


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return make_good(tmp_path / "data")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_rule_has_its_sentences_and_no_sentence_lacks_its_rule(lang: str) -> None:
    areas = {rule.partition(".")[0] for rule in RULES}
    known = {f"{area}.{name}" for area in areas for name in load_area(lang, "rules", area)}
    assert known == set(RULES)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a b", "a b"),
        (" a", "·a"),
        ("a  b ", "a··b·"),
        ("1, 2", "1,·2"),
        ("a\tb\r", "a␉b␍"),
        ("\ufeff1", "⟨U+FEFF⟩1"),
        ("1\u200b\u00a0\u3000", "1⟨U+200B⟩⟨U+00A0⟩⟨U+3000⟩"),
        ("\x00\x07\x7f", "␀␇␡"),
        ("\udcff", "⟨U+DCFF⟩"),
        ("你好，", "你好，"),
        ("x" * 200, "x" * 120 + "…"),
    ],
)
def test_invisible_characters_are_made_visible(text: str, shown: str) -> None:
    assert make_visible(text) == shown


def test_a_good_dataset_is_ok_and_counted(good: Path) -> None:
    report = validate_dataset(good)
    assert report.ok
    assert report.to_dict()["findings"] == []
    assert report.counts == {
        "error": 0,
        "warning": 0,
        "info": 0,
        "fixable": 0,
        "fixable_error": 0,
        "fixable_warning": 0,
        "fixable_info": 0,
        "train_pictures": 10,
        "test_pictures": 2,
        "boxes": 24,
        "ignored": 12,
        "rules": {},
    }
    assert report.statistics["train"]["text_height"]["boxes"][5] == 10


def test_strict_makes_warnings_errors(good: Path) -> None:
    label("")(good)
    assert validate_dataset(good).ok
    strict = validate_dataset(good, ValidateOptions(strict=True))
    assert not strict.ok
    assert strict.counts["fixable_warning"] == 0
    assert strict.counts["fixable"] == sum(strict.counts[f"fixable_{name}"] for name in ("error", "warning", "info"))
    assert strict.counts["error"] == 1


def test_without_decoding_no_picture_is_opened(good: Path) -> None:
    for path in good.glob("*_images/*"):
        path.write_bytes(b"")
    assert validate_dataset(good, ValidateOptions(open_pictures=False)).findings == ()
    assert validate_dataset(good).rules == {"image.unreadable": 12}


def test_counts_stay_exact_when_not_every_finding_is_kept(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "KEPT_PER_RULE", 4)
    every_line(lambda line: f" {line}\n")(good)
    report = validate_dataset(good)
    assert report.rules == {"list.whitespace": 10}
    assert len(report.findings) == 4
    assert not report.kept_all


def test_errors_come_before_warnings(good: Path) -> None:
    content("train_list.txt~", b"")(good)
    label("1,2")(good)
    assert [found.rule for found in validate_dataset(good).findings] == ["label.too-few", "list.backup-file"]


def test_progress_counts_up_to_the_pictures_of_both_parts(good: Path) -> None:
    seen: list[tuple[int, int]] = []
    validate_dataset(good, ValidateOptions(workers=3), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(number, 12) for number in range(1, 13)]


def test_threads_do_not_change_the_result(good: Path) -> None:
    remove("train_gts/3.txt", "train_images/7.jpg")(good)
    label("1，2", file="train_gts/4.txt")(good)
    reports = [validate_dataset(good, ValidateOptions(workers=workers)).to_dict() for workers in (1, 2, 5)]
    assert reports[0] == reports[1] == reports[2]


def test_who_is_told_of_the_progress_can_stop_it_between_pictures(good: Path) -> None:
    def stop_at_three(done: int, total: int) -> None:
        if done == 3:
            raise OcrwebError("dataset.cancelled", done=done, total=total)

    with pytest.raises(OcrwebError) as stopped:
        validate_dataset(good, progress=stop_at_three)
    assert stopped.value.params == {"done": 3, "total": 12}


def test_names_that_are_no_text_are_reported_not_raised(good: Path) -> None:
    (good / "train_images").joinpath("x\udcff.jpg").write_bytes(b"")
    assert validate_dataset(good).rules == {"pair.image-without-label": 1}
