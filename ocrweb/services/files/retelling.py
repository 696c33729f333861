"""Problems that a file or another process hands on, told in the language of the one who reads them now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocrweb.data.checks.finding import DatasetError, finding
from ocrweb.data.checks.rules import RULES
from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence

_RULES = {f"dataset.{rule.replace('.', '-')}": rule for rule in RULES}


def retold(entry: Mapping[str, Any], lang: str | None = None) -> tuple[str, str]:
    """Message and hint of what `OcrwebError.to_record` gave, in `lang`.

    As they were written where another version knew other codes or values.
    """
    try:
        error = revived(entry)
        return error.message(lang), error.hint(lang)
    except (KeyError, TypeError, AttributeError):
        return str(entry.get("message", "")), str(entry.get("hint", ""))


def retold_entry(entry: Mapping[str, Any], lang: str | None = None) -> dict[str, Any]:
    """The record itself, with its sentences in `lang`."""
    message, hint = retold(entry, lang)
    return {**entry, "message": message, "hint": hint}


def revived(entry: Mapping[str, Any]) -> OcrwebError:
    """The error of a record. KeyError, TypeError or AttributeError when it is none of this version."""
    code, where, params = entry["code"], entry.get("where"), revived_params(entry["params"])
    if code in _RULES:
        return DatasetError(finding(_RULES[code], **params).at(where or ""))
    return OcrwebError(code, where=where, **params)


def revived_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a message as `errors.recorded` gave them. Errors as `revived`."""
    return {name: _value(value) for name, value in params.items()}


def _value(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return Sentence(value["text"], dict(value["params"])) if "text" in value else revived(value)
