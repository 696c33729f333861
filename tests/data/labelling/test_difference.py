"""What became of boxes between two states: each counts once, as what happened to it."""

from __future__ import annotations

from typing import Any

import pytest

from ocrweb.data.labelling.difference import Difference, difference
from ocrweb.data.labelling.drawn import DrawnBox


def at(left: float, text: str = "a", ignored: bool = False, width: float = 40.0) -> DrawnBox:
    return DrawnBox(((left, 0.0), (left + width, 0.0), (left + width, 10.0), (left, 10.0)), text, ignored)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ([], [], (0, 0, 0, 0)), ([at(0)], [at(0)], (0, 0, 0, 0)), ([], [at(0), at(50)], (2, 0, 0, 0)), ([at(0), at(50)], [at(50)], (0, 1, 0, 0)),
        ([at(0)], [at(0, "b")], (0, 0, 0, 1)), ([at(0)], [at(0, ignored=True)], (0, 0, 0, 1)), ([at(0)], [at(5)], (0, 0, 1, 0)), ([at(0)], [at(5, "b")], (0, 0, 1, 0)),
        ([at(0)], [at(22)], (1, 1, 0, 0)), ([at(0)], [at(21)], (0, 0, 1, 0)), ([at(0)], [at(500)], (1, 1, 0, 0)), ([at(0), at(0)], [at(0)], (0, 1, 0, 0)),
        ([at(0), at(0, "b")], [at(0, "b"), at(0)], (0, 0, 0, 0)), ([at(0), at(10)], [at(5)], (0, 1, 1, 0)), ([at(0)], [at(5), at(2)], (1, 0, 1, 0)),
        ([at(0), at(100)], [at(100), at(3), at(300)], (1, 0, 1, 0)), ([at(0), at(60)], [at(5), at(65, "c")], (0, 0, 2, 0)), ([at(0, "x")], [at(0, "y"), at(0, "x")], (1, 0, 0, 0)),
    ],
)  # fmt: skip
def test_each_box_counts_once(before: list[DrawnBox], after: list[DrawnBox], told: tuple[int, ...]) -> None:
    found = difference(before, after)
    assert (found.added, found.removed, found.moved, found.retold) == told
    back = difference(after, before)
    assert (back.removed, back.added, back.moved, back.retold) == told
    assert bool(found) is any(told)


def test_differences_add_up_and_are_told_by_name() -> None:
    both: Any = Difference(1, 2, 3, 4) + Difference(10, 20, 30, 40)
    assert both.to_dict() == {"added": 11, "removed": 22, "moved": 33, "retold": 44}
    assert [bool(Difference(*numbers)) for numbers in ((0, 0, 0, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))] == [False, True, True, True, True]  # fmt: skip
