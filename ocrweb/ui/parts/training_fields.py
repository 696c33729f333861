"""The training form as values: every setting of the schema once, by its dotted key."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import BaseModel

from ocrweb.config.dotted import Place, bounds, nested, places, value_of
from ocrweb.config.loader import build
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence, language

BASIC = (
    "dataset", "model", "name", "batch_size", "epochs", "learning_rate", "max_minutes", "device", "use_tps",
    "unlabelled.folder",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldLabel:
    """The name that the form gives a setting, in the reader's language."""

    field: Place

    def message(self, lang: str | None = None) -> str:
        extra: Any = self.field.schema.model_fields[self.field.name].json_schema_extra
        return str(extra["label"][lang or language()])


FIELDS = (
    *(next(field for field in places(TrainingConfig) if field.key == key) for key in BASIC),
    *(field for field in places(TrainingConfig) if field.key not in BASIC),
)
SCHEMAS: list[type[BaseModel]] = list(dict.fromkeys(field.schema for field in FIELDS))


def config_of(values: Mapping[str, Any]) -> TrainingConfig:
    """The checked config of the form's values, by dotted key; a cleared or missing one means its default.

    Raises ``config.bad-field``, ``config.bad-fields``.
    """
    settings: list[tuple[str, Any]] = []
    for field in FIELDS:
        if (value := values.get(field.key)) is None:
            continue
        whole = field.schema.model_fields[field.name].annotation is int and isinstance(value, float)
        settings.append((field.key, int(value) if whole and value == int(value) else value))
    try:
        return build(TrainingConfig, nested(settings))
    except OcrwebError as error:
        raise _for_the_form(error) from error


def _for_the_form(error: OcrwebError) -> OcrwebError:
    """A refused value in the words of the form: its label in place of the key, and no advice about commands."""
    if error.code == "config.crop-multiple":
        crop = next(FieldLabel(field) for field in FIELDS if field.key == "crop_size")
        multiple = Sentence("ui_training.allowed-multiple", {"nearest": error.params["nearest"]})
        return OcrwebError("config.bad-field", label=crop, value=error.params["value"], expected=multiple)
    if error.code != "config.bad-value":
        return error
    rule = str(error.params["expected"]).removeprefix("Value error, ")
    field = next((field for field in FIELDS if field.key == error.params["name"]), None)
    if field is None:  # a rule over several settings of a group
        return OcrwebError("config.bad-fields", rule=rule)
    value = error.params["value"]
    return OcrwebError("config.bad-field", label=FieldLabel(field), value=value, expected=_allowed(field) or rule)


def _allowed(field: Place) -> Sentence | None:
    """What a number may be; None for other settings."""
    info = field.schema.model_fields[field.name]
    low, above, high = bounds(field)
    if info.annotation not in (int, float) or high is None:
        return None
    kind = "above" if low is None else "whole" if info.annotation is int else "number"
    limits = {"low": f"{above if low is None else low:.12g}", "high": f"{high:.12g}"}
    return Sentence(f"ui_training.allowed-{kind}", limits)


def values_of(config: TrainingConfig) -> dict[str, Any]:
    """The form's values of a config, by dotted key."""
    return {field.key: value_of(config, field.key) for field in FIELDS}


def differing(config: TrainingConfig) -> dict[str, Any]:
    """The settings that are not the usual ones, by dotted key: what a browser keeps of a form."""
    usual = values_of(TrainingConfig())
    return {key: value for key, value in values_of(config).items() if value != usual[key]}


def config_from(kept: object) -> TrainingConfig | None:
    """The config of what `differing` gave, perhaps to another version; None when there is nothing or it is no good."""
    if not isinstance(kept, dict) or not kept:
        return None
    try:
        return config_of(kept)
    except OcrwebError:
        return None


def command_of(config: TrainingConfig) -> str:
    """The command line that starts the same run: only what differs from the defaults, quoted for YAML and for the shell."""
    words = [f"-o {shlex.quote(f'{key}={_as_yaml(value)}')}" for key, value in differing(config).items()]
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


def field_label(key: str, lang: str | None = None) -> str:
    """What the form calls a setting. key: dotted path; one that the form does not know is its own name."""
    return next((FieldLabel(field).message(lang) for field in FIELDS if field.key == key), key)
