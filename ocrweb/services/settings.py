"""Detection settings from what a person typed or moved, checked with one-line answers."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ocrweb import messages
from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.errors import OcrwebError

Options = TypeVar("Options", bound=BaseModel)


def decode_options(**given: Any) -> DecodeOptions:
    """`DecodeOptions` of the given values; None means the default. Raises `usage.bad-value` or `usage.unknown-name`."""
    return _checked(DecodeOptions, given)


def resize_options(**given: Any) -> ResizeOptions | None:
    """`ResizeOptions` of the given values, or None (the model's own rule) when none is given."""
    return _checked(ResizeOptions, given) if any(value is not None for value in given.values()) else None


def _checked(schema: type[Options], given: dict[str, Any]) -> Options:
    try:
        return schema(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as failure:
        raise _bad_value(schema, failure) from failure


def _bad_value(schema: type[BaseModel], failure: ValidationError) -> OcrwebError:
    broken = failure.errors()[0]
    name = str(broken["loc"][0]) if broken["loc"] else ""
    declared = schema.model_json_schema()["properties"].get(name, {})
    rule = next((part for part in declared.get("anyOf", ()) if part.get("type") != "null"), declared)
    if "minimum" in rule and "maximum" in rule:
        key = "detect.between-whole" if rule.get("type") == "integer" else "detect.between"
        expected = messages.text(key, low=f"{rule['minimum']:g}", high=f"{rule['maximum']:g}")
    else:
        expected = ", ".join(map(str, rule.get("enum", ()))) or str(broken["msg"])
    return OcrwebError("usage.bad-value", name=name, value=str(broken["input"]), expected=expected)
