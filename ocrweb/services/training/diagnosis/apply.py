"""Carry a remedy's changes over to a run's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from ocrweb.config.dotted import bounds, nested, place_of, value_of
from ocrweb.config.loader import build, merge
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
        settings = merge(settings, nested([(key, _value(before, key, wanted))]))
    after = build(TrainingConfig, settings)
    found = (Change(key, value_of(before, key), value_of(after, key)) for key in changes)
    return after.model_dump(mode="json"), tuple(change for change in found if change.before != change.after)


def _value(config: BaseModel, key: str, wanted: Any) -> Any:
    if not (isinstance(wanted, str) and wanted[:1] in ("×", "÷")):
        return wanted
    place = place_of(type(config), key)
    if place is None:
        raise OcrwebError("config.unknown-key", name=key, nearest=next(iter(type(config).model_fields)))
    present, factor = value_of(config, key), float(wanted[1:])
    scaled = bounds(place).clamp(present * factor if wanted[0] == "×" else present / factor)
    return int(scaled) if isinstance(present, int) else float(f"{scaled:.6g}")


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
