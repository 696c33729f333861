"""Files whose numbers are in another order: told by nearly all of their lines, and never where they can be read as they are."""

from __future__ import annotations

import numpy as np
import pytest

from ocrweb.data.checks.label_box import fits, swapped
from ocrweb.data.checks.label_order import other_order

BOXES = [(10 * n, 20 * n, 10 * n + 60, 20 * n + 2, 10 * n + 59, 20 * n + 17, 10 * n - 1, 20 * n + 15) for n in range(1, 11)]  # fmt: skip
LINES = [",".join(map(str, box)) + ",a, 1" for box in BOXES]


def columns(line: str) -> str:
    fields = line.split(",")
    return ",".join([*fields[:8:2], *fields[1:8:2], *fields[8:]])


def leading(line: str) -> str:
    return f"3,{line}"


def decimal(line: str) -> str:
    fields = line.split(",")
    return ",".join([*(f"{field},25" for field in fields[:8]), *fields[8:]])


@pytest.mark.parametrize(
    ("written", "rule", "as_meant"),
    [(columns, "label.columns", LINES), (leading, "label.leading-number", LINES),
     (decimal, "label.number-commas", [",".join(f"{field}.25" for field in line.split(",")[:8]) + ",a, 1" for line in LINES])],
)  # fmt: skip
def test_every_other_order_is_told_and_set_right(written: object, rule: str, as_meant: list[str]) -> None:
    assert callable(written)
    found = other_order([written(line) for line in LINES])
    assert found is not None
    assert (found.rule, found.lines) == (rule, as_meant)
    assert other_order([written(LINES[0])]) is None  # one line alone could be anything


@pytest.mark.parametrize("right", [0, 1, 5, 6, 10])
def test_half_of_the_lines_read_well_is_enough_to_leave_a_file_alone(right: int) -> None:
    found = other_order([*LINES[:right], *map(columns, LINES[right:])])
    assert (found is not None) == (right <= 1)


def test_boxes_the_wrong_way_round_tangled_or_of_no_area_are_no_other_order() -> None:
    def picked(*corners: int) -> list[str]:
        return [",".join(str(box[2 * c + i]) for c in corners for i in (0, 1)) + ",1,5" for box in BOXES]

    for corners in ((0, 3, 2, 1), (0, 1, 3, 2), (0, 0, 0, 0)):
        assert other_order(picked(*corners)) is None
    assert other_order(["", "words", *LINES]) is None
    valley = (
        "50,20,70,32,90,38,110,36,130,30,150,18,150,40,130,52,110,58,90,60,70,54,50,42"  # its first corners are no box
    )
    assert other_order([f"{valley},a", f"{valley},b"]) is None


def test_a_line_of_another_kind_stays_as_it_is() -> None:
    found = other_order([*map(leading, LINES), "", "words"])
    assert found is not None
    assert found.lines == [*LINES, "", "words"]


def test_a_box_outside_says_that_the_others_were_made_for_another_picture_too() -> None:
    inside, over, away, flat = [
        [[0, 0], [9, 0], [9, 9], [0, 9]], [[5, 0], [25, 0], [25, 9], [5, 9]], [[30, 0], [39, 0], [39, 9], [30, 9]], [[30, 0], [39, 0], [39, 0], [30, 0]],
    ]  # fmt: skip
    for given, expected in (((inside, over), True), ((inside, away), False), ((inside, over, flat), True)):
        assert fits(np.array(given, float), (20, 20)) == expected


def test_swapped_boxes_run_the_wrong_way_round_do_not_fit_and_would_fit_if_exchanged() -> None:
    quads = np.array(BOXES, float).reshape(-1, 4, 2) + 1
    exchanged, lowest = quads[..., ::-1], int(quads[..., 1].max())
    assert swapped(exchanged, (200, 300)) is True
    assert swapped(exchanged, (lowest - 6, 300)) is None  # a little over the edge, as people draw
    assert swapped(exchanged, (lowest - 12, 300)) is True
    assert swapped(exchanged, (300, 300)) is None  # fits as it is
    assert swapped(exchanged, None) is None
    assert swapped(quads, (300, 200)) is False  # a picture on its side: runs the right way round
    assert swapped(exchanged, (200, 100)) is False  # fits neither way
    assert swapped(quads[:0], (200, 300)) is False
