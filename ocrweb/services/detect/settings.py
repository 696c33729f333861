"""Detection settings from what a person typed or moved, checked with one-line answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.config.detection_settings import DECODE, RESIZE
from ocrweb.config.dotted import bounds, place_of
from ocrweb.config.loader import allowed
from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence
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


def chosen_options(model: str, given: Mapping[str, Any]) -> tuple[DecodeOptions, ResizeOptions | None]:
    """Both of the given values by their declared names (`SETTINGS`); what is left out, or None, is the model's own."""
    decode = model_decode_options(model, **{name: value for name, value in given.items() if name in DECODE})
    return decode, resize_options(**{name: value for name, value in given.items() if name in RESIZE})


def _checked(schema: type[Options], given: dict[str, Any]) -> Options:
    try:
        return schema(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as failure:
        raise _bad_value(schema, failure) from failure


def _bad_value(schema: type[BaseModel], failure: ValidationError) -> OcrwebError:
    broken = failure.errors()[0]
    name = str(broken["loc"][0]) if broken["loc"] else ""
    place = place_of(schema, name)
    low, _, high = bounds(place) if place is not None else (None, None, None)
    if place is not None and low is not None and high is not None:
        key = "detect.between-whole" if schema.model_fields[name].annotation is int else "detect.between"
        expected: str | Sentence = Sentence(key, {"low": f"{low:g}", "high": f"{high:g}"})
    else:
        choices = allowed(schema, name).split(" | ") if place is not None else ()
        expected = ", ".join(filter(None, choices)) or str(broken["msg"])
    return OcrwebError("usage.bad-value", name=name, value=str(broken["input"]), expected=expected)
