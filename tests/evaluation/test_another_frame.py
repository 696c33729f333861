"""Labels that were made in another frame than the picture's are told by what a network sees, and put right."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from ocrweb.config.judgement import FRAMES
from ocrweb.evaluation.another_frame import SCALED, TURNS, best_frame
from ocrweb.evaluation.moved import Found

SIZES = ((600, 400), (300, 500), (800, 800))  # (width, height)
Wrong = Callable[
    [np.ndarray, float, float], list[np.ndarray]
]  # x and y of true points, width, height → x and y of labels


def pages(wrong: Wrong, *, seen: float = 1.0, jitter: float = 0.0, ignored: bool = False) -> list[Found]:
    """Pages of eight lines, mostly in the upper left. seen: share that is detected. jitter: of what is detected, pixels."""
    dice = np.random.default_rng(4)
    made = []
    for width, height in SIZES:
        true = []
        for line in range(8):
            x, y = dice.uniform(5, 0.4 * width), (0.04 + 0.08 * line) * height
            w, h = dice.uniform(0.2, 0.5) * width, 0.05 * height
            true.append(np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)]))
        labels = tuple(np.stack(wrong(outline.T, width, height), axis=1) for outline in true)
        found = tuple(outline + dice.uniform(-jitter, jitter, 2) for outline in true[: round(8 * seen)])
        made.append(Found(labels, (ignored,) * 8, found, np.full(len(found), 0.7), (width, height)))
    return made


WRONG: dict[str, Wrong] = {
    "from-bottom": lambda p, w, h: [p[0], h - p[1]],
    "mirrored": lambda p, w, h: [w - p[0], p[1]],
    "upside-down": lambda p, w, h: [w - p[0], h - p[1]],
    "turned-left": lambda p, w, h: [p[1], w - p[0]],
    "turned-right": lambda p, w, h: [h - p[1], p[0]],
    "swapped": lambda p, w, h: [p[1], p[0]],
}
SMALLER: dict[str, tuple[Wrong, str]] = {
    "half": (lambda p, w, h: [p[0] / 2, p[1] / 2], "pixels"),
    "larger": (lambda p, w, h: [p[0] * 1.25, p[1] * 1.25], "pixels"),
    "longer-side": (lambda p, w, h: [p[0] * 240 / max(w, h), p[1] * 240 / max(w, h)], "longer"),
    "square": (lambda p, w, h: [p[0] * 640 / w, p[1] * 640 / h], "sides"),
    "per-thousand": (lambda p, w, h: [p[0] * 1000 / w, p[1] * 1000 / h], "sides"),
}


def test_every_frame_has_its_name() -> None:
    assert {*TURNS, SCALED} == set(FRAMES)
    assert set(WRONG) == set(TURNS)


def matched(made: list[Found]) -> int:
    return sum(len(page.match(0.6).pairs) for page in made)


@pytest.mark.parametrize("name", WRONG)
def test_a_turned_frame_is_found_and_taken_back(name: str) -> None:
    made = pages(WRONG[name], jitter=1.0)
    frame = best_frame(made, 0.6)
    assert frame is not None
    assert frame.name == name
    assert matched(made) < 12
    assert sum(len(each.pairs) for each in frame.matches(made, 0.6)) == 24


@pytest.mark.parametrize("name", SMALLER)
def test_a_copy_of_another_size_is_found_by_what_its_sizes_have_in_common(name: str) -> None:
    wrong, unit = SMALLER[name]
    made = pages(wrong, jitter=1.0)
    frame = best_frame(made, 0.6)
    assert frame is not None
    assert (frame.name, frame.unit) == (SCALED, unit)
    assert sum(len(each.pairs) for each in frame.matches(made, 0.6)) == 24
    for page in made:
        for label, true in zip(page.labels, page.outlines, strict=True):
            assert frame.put_right(label, page.size) == pytest.approx(true, abs=0.02 * max(page.size))


@pytest.mark.parametrize(
    "made",
    [
        pages(lambda p, w, h: [p[0], p[1]], jitter=1.0),
        pages(lambda p, w, h: [p[0] * 1.04, p[1] * 1.04]),
        pages(WRONG["from-bottom"], seen=0.25),
        pages(WRONG["from-bottom"], ignored=True),
        pages(WRONG["mirrored"], seen=0.0),
        [],
    ],
    ids=["as-they-are", "a-little-larger", "little-seen", "all-ignored", "nothing-seen", "no-pages"],
)
def test_no_frame_where_labels_do_not_want_one(made: list[Found]) -> None:
    assert best_frame(made, 0.6) is None


def test_boxes_that_the_network_is_unsure_of_do_not_count() -> None:
    made = pages(WRONG["from-bottom"])
    assert best_frame(made, 0.7) is not None
    assert best_frame(made, 0.71) is None
