"""What any tool may write for a number, a point, a size, a text or a split."""

from __future__ import annotations

from typing import Any

import pytest

from ocrweb.data.formats.annotated import (
    box_of,
    numbers_of,
    parts_of,
    points_of,
    records,
    size_in,
    split_in,
    state_in,
    text_in,
)
from ocrweb.data.labelling.state import STATES


@pytest.mark.parametrize(
    ("value", "numbers"),
    [
        ([1, 2.5], [1, 2.5]), (["1", " 2 "], [1, 2]), ([[1, 2], [3, 4]], [1, 2, 3, 4]), (3, [3]), ([], None), (None, None), ([1, None], None), ("a", None),
        ([1, [2, 3]], None), ([1e6, -1e6], [1e6, -1e6]), ([1000001], None), ([0, -1000001], None), ([float("nan")], None), ([float("inf")], None), ({}, None),
    ],
)  # fmt: skip
def test_numbers_may_be_texts_and_nested_and_none_is_larger_than_a_picture(
    value: Any, numbers: list[float] | None
) -> None:
    found = numbers_of(value)
    assert (None if found is None else found.tolist()) == numbers


@pytest.mark.parametrize(
    ("value", "points"),
    [([1, 2, 3, 4], [[1, 2], [3, 4]]), ([[1, 2]], [[1, 2]]), ([1, 2, 3], None), ([], None), (None, None)],
)
def test_points_are_pairs(value: Any, points: Any) -> None:
    found = points_of(value)
    assert (None if found is None else found.tolist()) == points


@pytest.mark.parametrize(
    ("value", "corners"),
    [([1, 2, 30, 40], [[1, 2], [31, 42]]), ([1, 2], None), ([1, 2, 3, 4, 5, 6], None), (None, None)],
)
def test_a_box_is_a_corner_and_a_size(value: Any, corners: Any) -> None:
    found = box_of(value)
    assert (None if found is None else found.tolist()) == corners


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [(200, 120, (200, 120)), ("200", 119.6, (200, 120)), (1, 1, (1, 1)), (0, 5, None), (5, 0, None), (None, 5, None), ("a", 5, None), (float("inf"), 5, None), (float("nan"), 5, None)],
)  # fmt: skip
def test_a_size_has_two_sides_of_a_pixel_at_least(width: Any, height: Any, size: Any) -> None:
    assert size_in(width, height) == size


@pytest.mark.parametrize(
    ("value", "text"),
    [("a  b\n c ", "a b c"), (None, ""), (0, "0"), (["a", None, ["b", 1]], "a b 1"), ("\ud800x", "?x"), (True, "True")],
)  # fmt: skip
def test_a_text_is_one_line_whatever_it_was(value: Any, text: str) -> None:
    assert text_in(value) == text


def test_entries_may_be_a_list_or_the_values_of_an_object() -> None:
    one = {"a": 1}
    assert records([one, 3, None]) == records({"x": one, "y": "no"}) == [one]
    assert (records("a"), records(None)) == ([], [])
    assert parts_of([one, 3]) == parts_of({"x": one, "y": 3}) == [one, 3]
    assert (parts_of("a"), parts_of(None)) == ([], [])


@pytest.mark.parametrize(
    ("path", "split"),
    [
        ("ch4_training_images/img_1.jpg", "train"), ("Test/1.jpg", "test"), ("val/1.jpg", "test"), ("eval.txt", "test"), ("train/test/1.jpg", "test"),
        ("test/train/1.jpg", "train"), ("train_test/1.jpg", None), ("train/train_test/1.jpg", "train"), ("strain/1.jpg", None), ("latest/1.jpg", None), ("1.jpg", None),
    ],
)  # fmt: skip
def test_the_last_part_of_a_path_that_speaks_of_one_split_says_it(path: str, split: str | None) -> None:
    assert split_in(path) == split


def test_a_state_is_one_of_ours() -> None:
    assert [state_in(value) for value in (*STATES, "Looked", None, 3)] == [*STATES, "", "", ""]
