"""How far somebody has looked at labels, and how long the rest takes."""

from __future__ import annotations

from typing import Any

import pytest

from ocrweb.data.labelling.record import PictureRecord
from ocrweb.services.labels.states import SUSPICIOUS, minutes_left, state_after_edit, state_of


@pytest.mark.parametrize(
    ("said", "boxes", "findings", "suspicion", "unsure", "state"),
    [
        (None, 0, (), None, None, "new"), (None, 0, ("a",), 0.9, True, "new"), (None, 1, (), None, None, "checked"),
        (None, 1, ("label.x",), None, None, "check"), (None, 1, (), SUSPICIOUS, None, "check"),
        (None, 1, (), SUSPICIOUS - 0.01, None, "checked"), (None, 1, (), 0.0, None, "checked"),
        (None, 1, (), None, False, "auto"), (None, 1, (), None, True, "check"), (None, 1, ("label.x",), None, False, "check"),
        (None, 1, (), SUSPICIOUS, False, "check"), ("aside", 0, ("a",), 0.9, True, "aside"), ("checked", 1, ("a",), 0.9, True, "checked"),
    ],
)  # fmt: skip
def test_what_somebody_said_counts_first_then_what_speaks_against_the_labels(
    said: Any, boxes: int, findings: tuple[str, ...], suspicion: float | None, unsure: bool | None, state: str
) -> None:
    assert state_of(PictureRecord(state=said), boxes, findings, suspicion, unsure) == state


@pytest.mark.parametrize(
    ("before", "after"),
    [("checked", "checked"), ("aside", "aside"), ("new", "check"), ("auto", "check"), ("check", "check")],
)
def test_an_edit_makes_a_picture_one_to_check_unless_somebody_has_spoken(before: Any, after: str) -> None:
    assert state_after_edit(before) == after


@pytest.mark.parametrize(
    ("checked_at", "minutes"),
    [
        ([], None),
        ([0, 60, 120], None),  # three pictures: two pauses
        ([0, 60, 120, 180], 6),
        ([180, 0, 120, 60], 6),
        ([0, 0, 0, 60, 120, 180], 6),  # saved at once: no pause
        ([0, 600, 1200, 1800], 60),
        ([0, 601, 1202, 1803], None),  # whoever takes longer has been away
        ([0, 10, 130, 430], 12),  # the middle one of 10, 120 and 300
        ([0, 10, 130, 430, 5000], 12),
        ([0, 10, 130, 430, 500], 12),  # of four the upper middle one
    ],
)
def test_the_rest_takes_as_long_as_the_middle_of_the_pauses_says(checked_at: list[float], minutes: int | None) -> None:
    counts: Any = {"new": 1, "auto": 2, "check": 3, "checked": 50, "aside": 50}
    assert minutes_left(checked_at, counts) == minutes
    assert minutes_left([0, 60, 120, 180], {}) == 0
