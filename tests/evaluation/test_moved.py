"""Labels that lie beside their text by the same way are told from labels that do not fit."""

from __future__ import annotations

import numpy as np
import pytest

from ocrweb.evaluation.moved import Found, best_move


def pages(way: tuple[float, float], *, jitter: int = 0, ignored: bool = False) -> list[Found]:
    """Four pages of five lines each, found where they are and labelled a way off. jitter: of each label, pixels."""
    dice = np.random.default_rng(1)
    made = []
    for _ in range(4):
        corners = [(dice.integers(0, 300), 40 * line, dice.integers(60, 200)) for line in range(5)]
        found = [np.array([(x, y), (x + w, y), (x + w, y + 20), (x, y + 20)], float) for x, y, w in corners]
        labels = tuple(outline + way + dice.integers(-jitter, jitter + 1, 2) for outline in found)
        made.append(Found(labels, (ignored,) * 5, tuple(found), np.full(5, 0.7), (500, 200)))
    return made


@pytest.mark.parametrize("way", [(0.0, 14.0), (-33.0, 0.0), (30.0, -22.0), (8.0, 40.0)])
def test_the_way_is_found_and_taken_back(way: tuple[float, float]) -> None:
    made = pages(way, jitter=1)
    move = best_move(made, 0.6)
    assert move is not None
    assert move == pytest.approx(way, abs=1.5)
    assert sum(len(page.match(0.6).pairs) for page in made) < 20
    assert sum(len(page.match(0.6, put_right=lambda label: label - move).pairs) for page in made) == 20


@pytest.mark.parametrize(
    ("made", "least"),
    [
        (pages((0.0, 0.0), jitter=2), 0.6),
        (pages((4.0, 5.0)), 0.6),
        (pages((0.0, 0.0), jitter=120), 0.6),
        (pages((0.0, 14.0)), 0.8),
        (pages((0.0, 14.0), ignored=True), 0.6),
        ([], 0.6),
    ],
    ids=["in-place", "a-little", "each-its-own-way", "nothing-detected", "all-ignored", "no-pages"],
)
def test_no_way_where_labels_do_not_want_one(made: list[Found], least: float) -> None:
    assert best_move(made, least) is None


def test_a_page_is_judged_by_anothers_labels() -> None:
    first, second = pages((0.0, 0.0))[:2]
    assert len(first.match(0.6).pairs) == 5
    assert len(first.match(0.6, labels_of=second).pairs) < 5
