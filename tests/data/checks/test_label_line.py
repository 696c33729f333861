"""What is wrong with a line is told as it is: which sign divides it, how many numbers it has, what stands for one."""

from __future__ import annotations

from typing import Any

import pytest

from ocrweb.data.checks.label_line import LARGEST_COORDINATE, PLACEHOLDER, is_blank, scan_label_lines, tidy_text

NUMBERS = tuple(str(number) for number in (5, 5, 40, 5, 40, 20, 5, 20))
PLAIN = ",".join(NUMBERS)


def told(line: str) -> tuple[tuple[str, ...], str, dict[str, dict[str, Any]]]:
    (scanned,) = scan_label_lines([line])
    assert scanned is not None
    return scanned.numbers, scanned.text, {found.rule: dict(found.params) for found in scanned.findings}


@pytest.mark.parametrize("number", ["5.25", "-5", "+5", ".5", "5.", "5e1", "5E-1", "0"])
def test_a_good_line_has_nothing_to_be_told(number: str) -> None:
    line = f"{number},{','.join(NUMBERS[1:])},a, b,c"
    assert told(line) == ((number, *NUMBERS[1:]), "a, b,c", {})


@pytest.mark.parametrize(
    ("separator", "name", "spaced"),
    [
        ("\t", "Tab", True), (" ", "␠", True), ("，", "，", False), (";", ";", False), ("；", "；", False), ("|", "|", False),
        ("、", "、", False), (" ; ", ";", True), ("\t|", "|", True), (", ", None, True), (" ,", None, True), ("  ", "␠", True),
    ],
)  # fmt: skip
def test_what_stands_in_place_of_the_comma_is_named(separator: str, name: str | None, spaced: bool) -> None:
    numbers, text, rules = told(separator.join((*NUMBERS, "a")))
    assert (numbers, text) == (NUMBERS, "a")
    assert rules.get("label.separator") == ({"separator": name} if name else None)
    assert ("label.whitespace" in rules) is ((spaced and name not in ("Tab", "␠")) or separator == "\t|")
    assert rules.keys() <= {"label.separator", "label.whitespace"}


def test_the_first_wrong_separator_is_the_one_that_is_named() -> None:
    _, _, rules = told("5,5;40|5,40,20,5,20,a")
    assert rules == {"label.separator": {"separator": ";"}}


@pytest.mark.parametrize(
    ("line", "rule", "params"),
    [
        ("5,5,40,5,40,20,5,a", "label.too-few", {"count": 7}), ("5,5,40,a", "label.too-few", {"count": 3}), ("a", "label.too-few", {"count": 0}),
        ("5 5 40 x", "label.too-few", {"count": 3}), ("5,5,x,5,40,20,5,20,a", "label.not-a-number", {"value": "x"}),
        ("5,5,40,5,40,20,5, y ,a,b", "label.not-a-number", {"value": "y"}), ("5,x,40,5,40,20,5,20", "label.not-a-number", {"value": "x"}),
        (f"5,5,{'z' * 60},5,40,20,5,20,a", "label.not-a-number", {"value": "z" * 40}),
    ],
)  # fmt: skip
def test_a_line_without_eight_numbers_says_what_it_has(line: str, rule: str, params: dict[str, Any]) -> None:
    assert told(line) == ((), "", {rule: params})


@pytest.mark.parametrize(("value", "mended"), [("５", "5"), ("\u22125", "-5"), ("5\u200b", "5"), ("４０．５", "40.5")])
def test_a_number_that_is_one_without_a_guess_is_mended_and_told(value: str, mended: str) -> None:
    numbers, text, rules = told(f"{value},{','.join(NUMBERS[1:])},a")
    assert (numbers, text) == ((mended, *NUMBERS[1:]), "a")
    assert ("label.not-a-number" in rules) is ("\u200b" not in value)
    assert ("label.whitespace" in rules) is ("\u200b" in value)


@pytest.mark.parametrize(
    ("line", "text", "rules"),
    [
        (f"{PLAIN},", PLACEHOLDER, {"label.no-text"}), (f"{PLAIN}, ", PLACEHOLDER, {"label.no-text", "label.whitespace"}),
        (f"{PLAIN}, a", "a", {"label.whitespace"}), (f"{PLAIN},a ", "a", {"label.whitespace"}), (f" {PLAIN},a", "a", {"label.whitespace"}),
        (f"{PLAIN},a\tb", "a b", {"label.whitespace"}), (f"{PLAIN},a b", "a b", set()), (f"{PLAIN},\u200ba", "a", {"label.whitespace"}),
    ],
)  # fmt: skip
def test_a_text_is_tidied_and_a_missing_one_has_a_word_in_its_place(line: str, text: str, rules: set[str]) -> None:
    numbers, found, said = told(line)
    assert (numbers, found, set(said)) == (NUMBERS, text, rules)


@pytest.mark.parametrize(
    ("value", "huge"), [("65535", False), ("-65535", False), ("65536", True), ("-65536", True), ("65535.5", True), ("1e9", True)]
)  # fmt: skip
def test_a_coordinate_that_no_picture_has_is_told(value: str, huge: bool) -> None:
    numbers, _, rules = told(f"{value},{','.join(NUMBERS[1:])},a")
    assert numbers[0] == value
    assert rules == ({"label.huge-coordinate": {"value": value, "limit": round(LARGEST_COORDINATE)}} if huge else {})


@pytest.mark.parametrize(("line", "blank"), [("", True), (" \t", True), ("\ufeff\u200b", True), ("a", False), (" a", False)])  # fmt: skip
def test_blank_lines_are_no_lines(line: str, blank: bool) -> None:
    assert is_blank(line) is blank
    assert scan_label_lines([line] if blank else []) == ([None] if blank else [])
    assert tidy_text(" a\x00\x01b\u200b ") == "a b"
