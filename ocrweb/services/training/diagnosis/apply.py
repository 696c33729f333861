"""Carry a remedy's changes over to a run's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from ocrweb.config.loader import build, group_of, merge
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError


@dataclass(frozen=True, slots=True)
class Change:
    """One setting by its dotted key, before and after."""

    key: str
    before: Any
    after: Any

    @property
    def values(self) -> str:
        return f"{_shown(self.before)} → {_shown(self.after)}"

    def __str__(self) -> str:
        return f"{self.key}: {self.values}"


def apply_changes(config: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Change, ...]]:
    """The settings with the changes in them, whole and checked, and what became different.

    changes: dotted key → new value, or ``"×0.1"`` and ``"÷2"`` relative to the present one; a result is kept inside
    the setting's bounds. Raises ``config.unknown-key``, ``config.bad-value``.
    """
    before = build(TrainingConfig, config)
    settings: dict[str, Any] = dict(config)
    for key, wanted in changes.items():
        value = _value(before, key, wanted)
        nested: dict[str, Any] = {}
        place = nested
        *groups, name = key.split(".")
        for group in groups:
            place = place.setdefault(group, {})
        place[name] = value
        settings = merge(settings, nested)
    after = build(TrainingConfig, settings)
    found = (Change(key, _get(before, key), _get(after, key)) for key in changes)
    return after.model_dump(mode="json"), tuple(change for change in found if change.before != change.after)


def _value(config: BaseModel, key: str, wanted: Any) -> Any:
    if not (isinstance(wanted, str) and wanted[:1] in ("×", "÷")):
        return wanted
    present, factor = _get(config, key), float(wanted[1:])
    scaled = present * factor if wanted[0] == "×" else present / factor
    schema, name = _place(type(config), key)
    info = schema.model_fields[name]
    low = next((rule.ge for rule in info.metadata if getattr(rule, "ge", None) is not None), None)
    high = next((rule.le for rule in info.metadata if getattr(rule, "le", None) is not None), None)
    scaled = scaled if low is None else max(low, scaled)
    scaled = scaled if high is None else min(high, scaled)
    return int(scaled) if isinstance(present, int) else float(f"{scaled:.6g}")


def _get(config: BaseModel, key: str) -> Any:
    value: Any = config
    for part in key.split("."):
        value = getattr(value, part)
    return value


def _place(schema: type[BaseModel], key: str) -> tuple[type[BaseModel], str]:
    *groups, name = key.split(".")
    for group in groups:
        inner = group_of(schema, group) if group in schema.model_fields else None
        if inner is None:
            raise OcrwebError("config.unknown-key", name=key, nearest=next(iter(schema.model_fields)))
        schema = inner
    return schema, name


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
