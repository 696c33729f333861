"""A line is divided where its picture shows gaps between words, and boxes of one line become one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocrweb.runtime.words import LETTERS, _least_gap, join_words, split_words

INK, PAPER = 30, 220


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


def line_of(
    *words: int, height: int = 20, letter: int = 8, between: int = 2, gap: int = 9
) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """A picture with one line of words of so many letters at y 20, and where each word begins and ends."""
    gray = np.full((60, 600), PAPER, np.uint8)
    x, spans = 20, []
    for letters in words:
        start = x
        for _ in range(letters):
            gray[20 : 20 + height, x : x + letter] = INK
            x += letter + between
        spans.append((start, x - between))
        x += gap - between
    return gray, spans


def sides(pieces: list[np.ndarray]) -> list[tuple[float, float]]:
    return [(float(piece[:, 0].min()), float(piece[:, 0].max())) for piece in pieces]


@pytest.mark.parametrize("negative", [False, True], ids=["dark on light", "light on dark"])
def test_every_word_becomes_a_box_around_its_letters(negative: bool) -> None:
    gray, spans = line_of(5, 3, 7)
    pieces = split_words(255 - gray if negative else gray, box(16, 16, spans[-1][1] + 4, 44))
    assert len(pieces) == 3
    for (left, right), (start, end) in zip(sides(pieces), spans, strict=True):
        assert left <= start <= end <= right
        assert start - left < 6
        assert right - end < 6


def test_letters_set_wide_are_not_words() -> None:
    gray, spans = line_of(6, 5, between=5, gap=16)
    assert len(split_words(gray, box(16, 16, spans[-1][1] + 4, 44))) == 2


def test_text_from_top_to_bottom_is_divided_downwards_with_corners_from_the_top_left() -> None:
    gray, spans = line_of(4, 4)
    upright = np.ascontiguousarray(cv2.rotate(gray, cv2.ROTATE_90_CLOCKWISE))
    width = upright.shape[1]
    pieces = split_words(upright, box(width - 44, 16, width - 16, spans[-1][1] + 4))
    assert len(pieces) == 2
    assert pieces[0][:, 1].max() < pieces[1][:, 1].min()
    for piece in pieces:
        assert int(np.argmin(piece.sum(axis=1))) == 0
        assert piece[1][0] > piece[0][0]


def test_a_turned_line_gives_turned_words() -> None:
    gray, spans = line_of(5, 5)
    turn = cv2.getRotationMatrix2D((150, 30), -5, 1.0)
    turned = cv2.warpAffine(gray, turn, (600, 60), borderValue=PAPER)
    quad = cv2.transform(box(16, 16, spans[-1][1] + 4, 44)[None], turn)[0]
    pieces = split_words(turned, quad)
    assert len(pieces) == 2
    for piece in pieces:
        along = piece[1] - piece[0]
        assert np.degrees(np.arctan2(along[1], along[0])) == pytest.approx(5, abs=1)


@pytest.mark.parametrize(
    ("gray", "quad"),
    [
        (line_of(8)[0], box(16, 16, 104, 44)),
        (np.full((60, 600), PAPER, np.uint8), box(16, 16, 300, 44)),
        (line_of(3, 3)[0], box(16, 16, 40, 44)),
        (line_of(3, 3)[0], box(700, 80, 900, 110)),
        (line_of(3, 3)[0], box(20, 20, 20, 20)),
        (line_of(3, 3)[0], np.array([[0, 0], [10, 10], [20, 20], [30, 30]], np.float32)),
    ],
    ids=["one word", "nothing there", "short", "outside", "a point", "a slanted line"],
)
def test_what_holds_no_words_stays_as_it_is(gray: np.ndarray, quad: np.ndarray) -> None:
    (only,) = split_words(gray, quad)
    assert np.array_equal(only, quad)


@pytest.mark.parametrize(
    ("gaps", "least"),
    [
        ([0.2, 0.2], 0.5),
        ([0.2, 0.2, 0.2], 0.2 * LETTERS),
        ([0.7, 0.8, 0.9], 0.5),
        ([0.2, 0.3, 0.59, 0.6], 0.3 * LETTERS),
        ([0.01, 0.01, 0.01], 0.35),
        ([0.55, 0.55, 0.55], 0.8),
    ],
    ids=["two tell nothing", "three do", "none between letters", "those between words count nothing", "least", "most"],
)
def test_the_least_gap_between_words_follows_the_letters_within_bounds(gaps: list[float], least: float) -> None:
    assert _least_gap(np.array(gaps), 0.5) == pytest.approx(least)


def test_boxes_that_follow_each_other_on_a_line_become_one() -> None:
    first, second, far, below = box(10, 10, 60, 30), box(68, 11, 120, 31), box(200, 10, 240, 30), box(10, 40, 60, 60)
    joined = join_words([second, first, far, below], 0.7)
    assert len(joined) == 3
    assert np.allclose(joined[0], box(10, 10, 120, 31), atol=2)
    assert len(join_words([first, second, far, below], 0.2)) == 4
    assert len(join_words([box(10, 10, 60, 30), box(62, 0, 160, 60)], 1.0)) == 2  # a headline is another line
