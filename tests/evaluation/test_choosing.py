"""What to label next: what the model is unsure of, one of each layout, and why."""

from __future__ import annotations

import numpy as np
import pytest

from ocrweb.evaluation.choosing import Impression, _ranks, impression, likeness, pick

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


def test_a_second_page_of_one_layout_comes_after_all_others_however_unsure_it_is() -> None:
    apart = 3 * np.eye(8, dtype=np.float32)
    pages = [Impression(apart[number], 0.1, 1, 0.05) for number in range(6)]
    unsure = [Impression(apart[6] + shift * apart[7], 0.9, 9, 0.8) for shift in (0.0, 0.75)]
    alike = likeness(np.stack([one.features for one in (*pages, *unsure)]))
    assert 0.35 < alike[6, 7] < 0.8
    chosen = pick([*pages, *unsure], 8)
    assert {chosen[0].index, chosen[-1].index} == {6, 7}
    scores = [one.score for one in chosen]
    assert scores == sorted(scores, reverse=True)


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


@pytest.mark.parametrize(
    ("sure", "unsure", "places"), [(0.09, 0.0, 0), (0.1, 0.0, 0), (0.11, 1.0, 1), (0.89, 1.0, 1), (0.9, 0.0, 0), (0.91, 0.0, 0)]
)  # fmt: skip
def test_what_is_in_doubt_lies_between_both_certainties(sure: float, unsure: float, places: int) -> None:
    found = impression(PAPER, seen((60, sure)), seen((60, sure)))
    assert (found.unsure, found.places, found.disagreement) == (unsure, places, pytest.approx(0, abs=1e-6))


def test_the_unsure_share_is_of_all_text_and_specks_are_no_places() -> None:
    both = impression(PAPER, seen((20, 0.99), (60, 0.5), (90, 0.5)), seen())
    assert both.unsure == pytest.approx(2 / 3)
    assert (both.places, both.disagreement) == (2, 1.0)
    speck = np.zeros((120, 160), np.float32)
    speck[10:13, 10:13] = speck[50:53, 50:54] = 0.5  # of 9 and of 12 pixels
    assert impression(PAPER, speck, speck).places == 1
    dot = np.zeros((120, 160), np.float32)
    dot[10, 10] = 1
    assert impression(PAPER, dot, np.zeros_like(dot)).disagreement == 0, "one pixel is no text"
    half = impression(PAPER, seen((20, 0.8)), seen((20, 0.4)))
    assert half.disagreement == pytest.approx(0.5)


def test_features_tell_layouts_forms_and_sizes_of_text_apart_and_not_how_bright_the_page_is() -> None:
    base = impression(PAPER, seen((20, 0.9)), seen()).features
    darker = impression(PAPER // 2, seen((20, 0.9)), seen()).features
    np.testing.assert_allclose(base, darker, atol=1e-5)
    other = impression(PAPER, seen((90, 0.9)), seen()).features
    wide = impression(np.full((60, 320, 3), 230, np.uint8), seen((20, 0.9)), seen()).features
    assert np.abs(base - other).max() > 0.5
    assert wide[-2] - base[-2] == pytest.approx(np.log(4))
    two = impression(PAPER, seen((20, 0.9), (60, 0.9)), seen()).features
    assert two[-1] - base[-1] == pytest.approx((np.log(3) - np.log(2)) / 3, abs=1e-6)
    sizes = base[-10:-2]
    assert sizes.tolist() == [0, 0, 0, 1, 0, 0, 0, 0]  # eight pixels high
    assert two[-10:-2].tolist() == sizes.tolist()


@pytest.mark.parametrize(
    ("values", "ranks"),
    [([], []), ([0.5], [0]), ([1, 2, 3], [0, 0.5, 1]), ([3, 1, 2], [1, 0, 0.5]), ([2, 2, 3], [0.25, 0.25, 1]), ([0, 0, 3], [0, 0, 1]), ([1, 1], [0.5, 0.5])],
)  # fmt: skip
def test_ranks_go_from_the_least_to_the_most(values: list[float], ranks: list[float]) -> None:
    assert _ranks(values).tolist() == ranks
