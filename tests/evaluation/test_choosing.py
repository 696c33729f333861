"""What to label next: what the model is unsure of, one of each layout, and why."""

from __future__ import annotations

import numpy as np
import pytest

from ocrweb.evaluation.choosing import Impression, impression, likeness, pick

PAPER = np.full((120, 160, 3), 230, np.uint8)


def seen(*lines: tuple[int, float]) -> np.ndarray:
    """A map with a line of text at each of these rows, as sure as it says."""
    visible = np.zeros((120, 160), np.float32)
    for row, sure in lines:
        visible[row : row + 8, 20:140] = sure
    return visible


def of(layout: float, unsure: float = 0.2, disagreement: float = 0.1) -> Impression:
    """layout: pictures of one number look alike."""
    return Impression(np.array([layout, 0.0], np.float32), unsure, 3, disagreement)


def test_a_map_of_doubts_is_more_unsure_than_a_clear_one() -> None:
    clear = impression(PAPER, seen((20, 0.99), (60, 0.99)), seen((20, 0.99), (60, 0.99)))
    doubtful = impression(PAPER, seen((20, 0.99), (60, 0.4)), seen((20, 0.99), (60, 0.4)))
    other = impression(PAPER, seen((20, 0.99), (60, 0.99)), seen((20, 0.99)))
    nothing = impression(PAPER, seen(), seen())
    assert (clear.unsure, clear.places) == (0.0, 0)
    assert (doubtful.unsure > 0.4, doubtful.places) == (True, 1)
    assert clear.disagreement < 0.05 < 0.4 < other.disagreement
    assert (nothing.unsure, nothing.disagreement) == (0.0, 0.0)


def test_copies_of_one_layout_do_not_come_one_after_the_other() -> None:
    copies = [of(0.01 * number, unsure=0.9) for number in range(10)]
    others = [of(5), of(10), of(15)]
    first = [one.index for one in pick([*copies, *others], 4)]
    assert len([index for index in first if index < 10]) == 1
    assert {10, 11, 12} <= set(first)


def test_of_pictures_as_unlike_as_each_other_the_unsure_come_first() -> None:
    apart = np.eye(8, dtype=np.float32)
    pictures = [Impression(apart[number], 0.1 * number, 3, 0.1 * number) for number in range(8)]
    assert [one.index for one in pick(pictures, 3)] == [7, 6, 5]


def test_every_picture_is_chosen_once_when_all_are_asked_for() -> None:
    chosen = pick([of(0), of(0), of(3)], 9)
    assert sorted(one.index for one in chosen) == [0, 1, 2]
    scores = [one.score for one in chosen]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 1


@pytest.mark.parametrize(
    ("pictures", "reason", "count"),
    [
        ([of(0, unsure=0.9, disagreement=0.0), of(5, unsure=0.1), of(9, unsure=0.1)], "unsure", 0),
        ([of(0, unsure=0.0, disagreement=0.9), of(5, unsure=0.0), of(9, unsure=0.0)], "scales", 0),
        ([Impression(np.zeros(2, np.float32), 0.0, 0, 0.0)], "nothing", 0),
        ([*[of(0.001 * number, 0.0, 0.0001) for number in range(8)], of(7, 0.9), of(14, 0.8)], "stands-for", 7),
    ],
    ids=["unsure", "two sizes", "nothing seen", "many like it"],
)
def test_why_it_was_chosen(pictures: list[Impression], reason: str, count: int) -> None:
    first = next(one for one in pick(pictures, len(pictures)) if one.index < max(1, len(pictures) - 2))
    assert (first.reason, first.count) == (reason, count)


def test_nothing_is_chosen_of_nothing_and_copies_are_alike() -> None:
    assert pick([], 5) == []
    alike = likeness(np.array([[0, 0], [0, 0], [4, 0]], np.float32))
    assert alike[0, 1] == 1
    assert alike[0, 2] < 0.5
