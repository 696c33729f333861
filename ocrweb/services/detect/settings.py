"""Detection settings from what a person typed or moved, checked with one-line answers."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ocrweb import messages
from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.detector import default_decode

Options = TypeVar("Options", bound=BaseModel)


def decode_options(card: ModelCard | None = None, **given: Any) -> DecodeOptions:
    """`DecodeOptions` of the given values; None means the card's recommendation, else the default.

    A card's box threshold goes with its threshold: with another threshold the default rule applies. Raises `usage.bad-value`.
    """
    chosen = {name: value for name, value in given.items() if value is not None}
    recommended = default_decode(card).model_dump(exclude_unset=True) if card else {}
    if "threshold" in chosen:
        recommended.pop("box_threshold", None)
    return _checked(DecodeOptions, recommended | chosen)


def model_decode_options(model: str, **given: Any) -> DecodeOptions:
    """`decode_options` with the recommendations of a named model. Raises `usage.unknown-name` for an unknown one too."""
    _checked(DecodeOptions, {name: value for name, value in given.items() if value is not None})
    return decode_options(resolve(model).card, **given)


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
