"""JSON and YAML that somebody else may have written, or half written: what cannot be read is one kind of error."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

LARGEST = 1e15  # no time, size or count of ours is larger


def parse_json(content: str | bytes) -> Any:
    """Raises ValueError for whatever is no JSON, for what nests too deep to be read as well."""
    try:
        return json.loads(content)
    except RecursionError as failure:
        raise ValueError("nests too deep") from failure


def parse_yaml(content: str | bytes, *, each_once: bool = False) -> Any:
    """Raises yaml.YAMLError for whatever is no YAML, a date that does not exist and what nests too deep as well.

    each_once: people wrote it for us: a key that is there twice is a `RepeatedKey`.
    """
    import yaml

    from ocrweb.config.each_once import EachOnce

    try:
        return yaml.load(content, EachOnce if each_once else yaml.SafeLoader)
    except (RecursionError, ValueError, OverflowError) as failure:
        raise yaml.YAMLError("nests too deep" if isinstance(failure, RecursionError) else str(failure)) from failure


def is_number(value: Any) -> bool:
    """A finite number of a size that can be reckoned with; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def is_text(value: Any) -> bool:
    return isinstance(value, str)


def is_object(value: Any) -> bool:
    return isinstance(value, dict)


def fits(document: Any, kinds: Mapping[str, Callable[[Any], bool]]) -> bool:
    """Whether it is an object, and each of the named values that it has is of its kind."""
    return isinstance(document, dict) and all(kinds[name](document[name]) for name in kinds if name in document)
