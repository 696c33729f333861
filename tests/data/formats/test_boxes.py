"""Shapes become boxes, and each is counted once: changed, ignored or left out, and why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ocrweb.data.formats.annotated import LabelledPicture, Shape
from ocrweb.data.formats.boxes import MadeBoxes, make_boxes
from ocrweb.data.formats.options import ImportOptions

QUAD = [[10, 20], [90, 20], [90, 40], [10, 40]]
LOW = [[10, 60], [90, 60], [90, 80], [10, 80]]


def shape(points: list[list[float]], text: str = "", mark: str = "", polygon: Any = None) -> Shape:
    return Shape(np.array(points, np.float64), text, mark, None if polygon is None else np.array(polygon, np.float64))


def made(*shapes: Shape, **options: Any) -> MadeBoxes:
    return make_boxes(
        LabelledPicture(("1.jpg",), shapes, "1.txt"), lambda points: points, (200, 120), ImportOptions(**options)
    )


def seen(found: MadeBoxes) -> list[tuple[str, bool]]:
    return [(box.text, box.ignore) for box in found.boxes]


@pytest.mark.parametrize(
    ("first", "second", "stays"),
    [
        (("a", ""), ("b", ""), ("a", False)), (("a", "difficult"), ("b", ""), ("b", False)), (("a", ""), ("b", "difficult"), ("a", False)),
        (("a", "difficult"), ("b", "###"), ("", True)),
    ],
)  # fmt: skip
def test_of_two_shapes_with_one_box_the_text_stays_else_the_first(
    first: tuple[str, str], second: tuple[str, str], stays: tuple[str, bool]
) -> None:
    found = made(shape(QUAD, *first), shape(LOW, "c"), shape(QUAD, *second))
    assert seen(found) == [stays, ("c", False)]
    assert (found.adjusted["duplicates"], found.left_out) == (1, [("duplicates", "")])
    assert found.ignored_because == ({first[1]: 1} if stays[1] else {})


def test_what_is_left_out_is_told_by_its_number_and_its_first_points() -> None:
    beside, line = [[500, 500], [600, 500], [600, 600], [500, 600], [490.5, 550]], [[9, 9]] * 4
    found = made(shape(QUAD), shape(beside), shape(line))
    assert found.left_out == [("outside", "2: 500,500 600,500 600,600 500,600"), ("no-area", "3: 9,9 9,9 9,9 9,9")]
    assert len(found.boxes) == 1


@pytest.mark.parametrize(
    ("text", "mark", "options", "kept", "why"),
    [
        ("a", "", {}, ("a", False), {}), ("a", "difficult", {}, ("", True), {"difficult": 1}), ("a", "difficult", {"not_marks": ("difficult",)}, ("a", False), {}),
        ("Seal ", "", {"ignore_words": (" sEAL",)}, ("", True), {"seal": 1}), ("a", "difficult", {"ignored_as_text": True}, ("", False), {}),
        ("", "", {"ignore_words": ("",)}, ("", False), {}), ("other", "", {"ignore_words": ("seal",)}, ("other", False), {}),
    ],
)  # fmt: skip
def test_marks_and_words_count_as_the_person_says(
    text: str, mark: str, options: dict[str, Any], kept: tuple[str, bool], why: dict[str, int]
) -> None:
    found = made(shape(QUAD, text, mark), **options)
    assert (seen(found), found.ignored_because) == ([kept], why)


def test_changes_are_counted_one_by_one_and_outlines_end_at_the_edge() -> None:
    five = [[10, 20], [50, 10], [90, 20], [90, 40], [10, 40]]
    beyond = [[150, 20], [175, 10], [230, 20], [230, 40], [150, 40]]
    found = made(shape(QUAD[::-1], "a"), shape(LOW, "b", "", five), shape(beyond, "c"))
    assert {name: count for name, count in found.adjusted.items() if count} == {
        "reordered": 1,
        "reduced": 1,
        "clipped": 1,
        "outlines": 2,
    }
    assert [box.polygon is None for box in found.boxes] == [True, False, False]
    assert found.boxes[2].polygon is not None
    assert found.boxes[2].polygon[:, 0].max() == 200
