"""Names are safe on every disk, free, and sorted as people count."""

from __future__ import annotations

import itertools
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ocrweb.disk.names import (
    claim_folder,
    free_name,
    natural_key,
    numbered,
    plain_name,
    shortened,
    some_of,
    take_name,
    word_name,
)


@pytest.mark.parametrize(
    ("text", "name"),
    [("receipts", "receipts"), ("我的 票据", "我的-票据"), ("../../etc", "etc"), ("a/b\\c", "a-b-c"), ("", "x"), ("...", "x"),
     ("a" * 9, "a" * 8), ("-rf", "rf"), ("a=b", "a-b"), ("a\u202eb\n", "a-b")],
)  # fmt: skip
def test_a_plain_name_is_letters_digits_and_a_few_signs(text: str, name: str) -> None:
    assert plain_name(text, 8, "x") == name
    assert plain_name(name, 8, "x") == name


@pytest.mark.parametrize(
    ("text", "name"),
    [("a b", "a_b"), ("a \t/ b", "a_b"), ("发票", "发票"), ("..", "x"), ("x/../y", "x_.._y"), ("", "x"), ("-a", "-a"),
     ("é" * 9, "éééé"), ("e\u0301", "é"), ("a\u202eb\x00", "a_b"), ("bad\udcff", "bad"), ("a#b", "a_b")],
)  # fmt: skip
def test_a_word_has_no_blank_and_nothing_that_breaks_a_path(text: str, name: str) -> None:
    assert word_name(text, 9, "x", also="#") == name


def test_a_text_is_shortened_between_characters() -> None:
    assert [shortened("a长b", longest) for longest in range(6)] == ["", "a", "a", "a", "a长", "a长b"]


def test_the_next_free_name_has_the_first_number_that_is_free() -> None:
    assert list(itertools.islice(numbered("a", ".txt"), 3)) == ["a.txt", "a_2.txt", "a_3.txt"]
    assert free_name("a", {"a", "a_2", "a_4"}.__contains__) == "a_3"
    assert free_name("a", {"a"}.__contains__, ".b") == "a.b"


def test_a_name_is_taken_once_in_any_case_of_letters() -> None:
    taken: set[str] = {"b"}
    assert [take_name(name, taken) for name in ("a", "a", "A", "B", "a_2")] == ["a", "a_2", "A_3", "B_2", "a_2_2"]


def test_two_who_claim_a_folder_at_once_get_two(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(lambda _: claim_folder(tmp_path, "a"), range(24)))
    assert len(set(claimed)) == 24
    assert {path.name for path in tmp_path.iterdir()} == set(itertools.islice(numbered("a"), 24))


def test_a_folder_that_cannot_be_made_is_an_error_and_not_a_next_number(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        claim_folder(tmp_path / "none", "a")


@pytest.mark.parametrize(
    "ordered",
    [["p1", "p9", "p10"], ["A", "b", "C"], ["1", "01", "x"], ["2", "²"], ["a/2.jpg", "a/10.jpg", "b/1.jpg"],
     ["7" * 400, "8" * 400]],
    ids=str,
)  # fmt: skip
def test_numbers_in_names_count_as_numbers_and_case_does_not(ordered: list[str]) -> None:
    mixed = random.Random(0).sample(ordered, len(ordered))
    assert sorted(mixed, key=natural_key) == ordered


def test_names_that_differ_have_keys_that_differ() -> None:
    names = ["a1", "A1", "a01", "A01", "a", "A"]
    assert len({natural_key(name) for name in names}) == len(names)


def test_of_many_names_the_first_are_told_and_long_ones_are_cut() -> None:
    assert some_of(["a", "b"]) == "a, b"
    assert some_of(["a", "b", "c"], most=2) == "a, b, …"
    assert some_of(["a", "b"], most=2) == "a, b"
    assert some_of(["x" * 61, "y" * 60]) == "x" * 59 + "…, " + "y" * 60
