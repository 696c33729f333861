"""Settings by dotted key: ``ema.decay`` is the setting ``decay`` of the group ``ema``."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel


class Place(NamedTuple):
    """Where a setting is declared. schema, name: the declaring group and the setting's own name in it."""

    key: str
    schema: type[BaseModel]
    name: str

    @property
    def group(self) -> str:
        """Dotted key of its group, "" on top."""
        return self.key.rpartition(".")[0]


class Bounds(NamedTuple):
    """What a number may be: from ``low`` on, or above ``above``, up to ``high``; None where nothing is declared."""

    low: float | None
    above: float | None
    high: float | None

    def clamp(self, value: float) -> float:
        """The nearest value from low to high."""
        value = value if self.low is None else max(self.low, value)
        return value if self.high is None else min(self.high, value)


def group_of(schema: type[BaseModel], name: str) -> type[BaseModel] | None:
    """The group of settings behind a name, or None when the name holds a value."""
    annotation = schema.model_fields[name].annotation
    choices = typing.get_args(annotation) if isinstance(annotation, types.UnionType) else (annotation,)
    return next((c for c in choices if isinstance(c, type) and issubclass(c, BaseModel)), None)


def places(schema: type[BaseModel], group: str = "") -> Iterator[Place]:
    """Every setting in the schema's order, groups opened. group: dotted key of what the schema stands for."""
    for name in schema.model_fields:
        key = f"{group}.{name}" if group else name
        inner = group_of(schema, name)
        if inner is None:
            yield Place(key, schema, name)
        else:
            yield from places(inner, key)


def place_of(schema: type[BaseModel], key: str) -> Place | None:
    """Where a setting or a group is declared; None for a key that the schema does not have."""
    *groups, name = key.split(".")
    for group in groups:
        inner = group_of(schema, group) if group in schema.model_fields else None
        if inner is None:
            return None
        schema = inner
    return Place(key, schema, name) if name in schema.model_fields else None


def bounds(place: Place) -> Bounds:
    """The declared bounds of a number."""
    rules = place.schema.model_fields[place.name].metadata
    return Bounds(
        *(next((found for rule in rules if (found := getattr(rule, name, None)) is not None), None) for name in ("ge", "gt", "le"))
    )  # fmt: skip


def value_of(config: BaseModel, key: str) -> Any:
    """The value of a setting. Raises AttributeError for an unknown key."""
    value: Any = config
    for part in key.split("."):
        value = getattr(value, part)
    return value


def nested(values: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """``[("epochs", 5), ("ema.decay", 0.9)]`` → groups within groups. A later value wins, also over a group."""
    settings: dict[str, Any] = {}
    for key, value in values:
        place = settings
        *groups, name = key.split(".")
        for group in groups:
            deeper = place.setdefault(group, {})
            if not isinstance(deeper, dict):
                deeper = place[group] = {}
            place = deeper
        place[name] = value
    return settings
