"""A dotted key leads to one declaration, one value and one place in a file, whoever reads it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, Field

from ocrweb.config.dotted import Bounds, bounds, group_of, nested, place_of, places, value_of
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


@pytest.mark.parametrize(
    ("limits", "value", "nearest"),
    [((0, None, 10), -1, 0), ((0, None, 10), 11, 10), ((0, None, 10), 5, 5), ((0, None, 10), 0, 0), ((None, 0, 10), -1, -1),
     ((None, None, None), 7, 7), ((3, None, None), 2, 3), ((None, None, 3), 4, 3)],
)  # fmt: skip
def test_a_value_is_brought_to_the_nearest_bound(limits: tuple[Any, ...], value: float, nearest: float) -> None:
    assert Bounds(*limits).clamp(value) == nearest


@pytest.mark.parametrize(
    ("key", "group"), [("epochs", ""), ("ema.decay", "ema"), ("augmentation.tps.grid", "augmentation.tps")]
)
def test_a_place_knows_its_group(key: str, group: str) -> None:
    place = place_of(TrainingConfig, key)
    assert place is not None
    assert (place.group, place.name) == (group, key.split(".")[-1])
    assert place.name in place.schema.model_fields


def test_a_group_that_may_be_absent_is_a_group_and_a_value_is_none() -> None:
    class Inner(BaseModel):
        size: int = 1

    class Outer(BaseModel):
        inner: Inner | None = None
        value: int | str = 1
        many: list[int] = Field(default=[])

    assert group_of(Outer, "inner") is Inner
    assert (group_of(Outer, "value"), group_of(Outer, "many")) == (None, None)
    assert [place.key for place in places(Outer)] == ["inner.size", "value", "many"]


def test_an_unknown_value_is_no_attribute() -> None:
    with pytest.raises(AttributeError):
        value_of(TrainingConfig(), "ema.nothing")
