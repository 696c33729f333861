"""A dotted key leads to one declaration, one value and one place in a file, whoever reads it."""

from __future__ import annotations

from typing import Any

import pytest

from ocrweb.config.dotted import bounds, nested, place_of, places, value_of
from ocrweb.config.training import TrainingConfig


def test_every_setting_has_one_place_and_its_value_comes_back() -> None:
    config = TrainingConfig()
    found = list(places(TrainingConfig))
    assert len({place.key for place in found}) == len(found)
    assert all(place_of(TrainingConfig, place.key) == place for place in found)
    again = nested((place.key, value_of(config, place.key)) for place in found)
    assert TrainingConfig.model_validate(again) == config


@pytest.mark.parametrize("key", ["nothing", "ema.nothing", "epochs.more", "", "ema."])
def test_an_unknown_key_has_no_place(key: str) -> None:
    assert place_of(TrainingConfig, key) is None


@pytest.mark.parametrize(
    ("key", "expected"),
    [("epochs", (1, None, 10000)), ("learning_rate", (None, 0, 0.1)), ("name", (None, None, None))],
)
def test_bounds_are_the_declared_ones(key: str, expected: tuple[Any, ...]) -> None:
    place = place_of(TrainingConfig, key)
    assert place is not None
    assert bounds(place) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([("a", 1), ("b.c", 2), ("b.d", 3)], {"a": 1, "b": {"c": 2, "d": 3}}),
        ([("a", 1), ("a.b", 2)], {"a": {"b": 2}}),
        ([("a.b", 2), ("a", 1)], {"a": 1}),
    ],
    ids=["groups", "a group over a value", "a value over a group"],
)
def test_a_later_value_wins(values: list[tuple[str, Any]], expected: dict[str, Any]) -> None:
    assert nested(values) == expected
