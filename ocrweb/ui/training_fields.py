"""The training form as values: every setting of the schema once, by its dotted key."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from ocrweb.config.loader import build, group_of
from ocrweb.config.training import TrainingConfig

BASIC = (
    "dataset", "model", "name", "batch_size", "epochs", "learning_rate", "max_minutes", "device", "use_tps",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FormField:
    """key: dotted path in the config. schema, name: where it is declared. group: dotted path of its group, "" on top."""

    key: str
    schema: type[BaseModel]
    name: str
    group: str


def form_fields(schema: type[BaseModel] = TrainingConfig, group: str = "") -> Iterator[FormField]:
    """Every setting in the schema's order."""
    for name in schema.model_fields:
        key = f"{group}.{name}" if group else name
        inner = group_of(schema, name)
        if inner is None:
            yield FormField(key, schema, name, group)
        else:
            yield from form_fields(inner, key)


FIELDS = (
    *(next(field for field in form_fields() if field.key == key) for key in BASIC),
    *(field for field in form_fields() if field.key not in BASIC),
)
SCHEMAS: list[type[BaseModel]] = list(dict.fromkeys(field.schema for field in FIELDS))


def config_of(values: Sequence[Any]) -> TrainingConfig:
    """The checked config of the form's values, in the order of `FIELDS`; a cleared field means its default.

    Raises ``config.bad-value``.
    """
    settings: dict[str, Any] = {}
    for field, value in zip(FIELDS, values, strict=True):
        if value is None:
            continue
        place = settings
        *groups, name = field.key.split(".")
        for group in groups:
            place = place.setdefault(group, {})
        whole = field.schema.model_fields[field.name].annotation is int and isinstance(value, float)
        place[name] = int(value) if whole and value == int(value) else value
    return build(TrainingConfig, settings)


def values_of(config: TrainingConfig) -> list[Any]:
    """The form's values of a config, in the order of `FIELDS`."""
    return [_get(config, field.key) for field in FIELDS]


def command_of(config: TrainingConfig) -> str:
    """The command line that starts the same run: only what differs from the defaults, quoted for YAML and for the shell."""
    defaults = TrainingConfig()
    words = []
    for field in FIELDS:
        value, usual = _get(config, field.key), _get(defaults, field.key)
        if value != usual:
            words.append(f"-o {shlex.quote(f'{field.key}={_as_yaml(value)}')}")
    return " ".join(["ocrweb train", *words])


def _as_yaml(value: Any) -> str:
    """One word that YAML reads as this very value; text is quoted where it would be taken for something else."""
    if not isinstance(value, str):
        return repr(value)
    try:
        alike = yaml.safe_load(value) == value
    except (yaml.YAMLError, ValueError):  # a date that does not exist
        alike = False
    return value if alike else yaml.safe_dump(value, default_style='"', width=math.inf, allow_unicode=True).strip()


def flat(settings: Mapping[str, Any], group: str = "") -> dict[str, Any]:
    """Nested settings by dotted key."""
    found: dict[str, Any] = {}
    for name, value in settings.items():
        key = f"{group}.{name}" if group else name
        found |= flat(value, key) if isinstance(value, Mapping) else {key: value}
    return found


def short_name(path: str) -> str:
    """The last part of a path, or the name itself."""
    return Path(path).name or path


def _get(config: BaseModel, key: str) -> Any:
    value: Any = config
    for part in key.split("."):
        value = getattr(value, part)
    return value
