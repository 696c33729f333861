"""Which files are in the dialect of the training layout: those whose lines are four points and a text, most of them."""

from __future__ import annotations

import pytest

from ocrweb.data.formats.icdar_line import icdar_lines, is_four_points_and_text

FOUR, TWO, OTHER = "10,20,90,20,90,40,10,40,hello", '10 20 90 40 "hello"', "a word"


@pytest.mark.parametrize(
    ("lines", "fits"),
    [
        ([FOUR], True), ([FOUR] * 3, True), ([FOUR, TWO], True), ([FOUR, TWO, TWO], False), ([TWO], False), ([FOUR, OTHER], True),
        ([FOUR, FOUR, FOUR, TWO], True),
    ],
)  # fmt: skip
def test_a_file_of_two_corners_is_no_file_of_four_points(lines: list[str], fits: bool) -> None:
    made = [line.replace("hello", f"hello {number}") for number, line in enumerate(lines)]
    assert is_four_points_and_text(made) is fits


def test_each_line_keeps_its_number_and_what_it_says() -> None:
    found = icdar_lines([FOUR, "", TWO, OTHER])
    assert [(line.number, line.shape and line.shape.points.tolist()) for line in found] == [
        (1, [[10, 20], [90, 20], [90, 40], [10, 40]]), (3, [[10, 20], [90, 40]]), (4, None),
    ]  # fmt: skip
    assert [line.shape.text for line in found if line.shape] == ["hello", "hello"]
