"""A ratio is told only when repeats of the same work agree."""

from __future__ import annotations

import pytest

from benchmarks._measure import NOISY, Times, ratio_shown, spread, told


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0], 0.0),
        ([1.0, 3.0], 1.0),
        ([1.0, 2.0, 3.0], 1.0),
        ([1.0, 2.0, 2.0, 9.0], 0.0),
        ([2, 1, 2, 2, 2, 9, 2, 2], 0.0),
    ],
)
def test_the_spread_is_that_of_the_middle_half(values: list[float], expected: float) -> None:
    assert spread(values) == expected


def test_a_noisy_side_hides_the_ratio_whichever_it_is() -> None:
    assert told(0.5, 0.0, NOISY) == 0.5
    assert told(0.5, 0.0, NOISY + 0.01) is None
    assert told(0.5, NOISY + 0.01, 0.0) is None
    assert (ratio_shown(None), ratio_shown(0.5)) == ("too noisy", "0.50")


def test_pictures_that_differ_are_no_noise_and_rounds_that_differ_are() -> None:
    calm, noisy, once = Times(), Times(), Times()
    for picture, seconds in enumerate((1.0, 10.0)):
        for turn in range(3):
            calm.add(picture, seconds)
            noisy.add(picture, seconds * (1 + turn))
        once.add(picture, seconds)
    assert calm.spread() == 0
    assert noisy.spread() == 1
    assert once.to_dict()["spread"] == pytest.approx(9 / 5.5, abs=1e-3)
