"""JSON and YAML that somebody else may have written, or half written: what cannot be read is one kind of error."""

from __future__ import annotations

import json
from typing import Any


def parse_json(content: str | bytes) -> Any:
    """Raises ValueError for whatever is no JSON, for what nests too deep to be read as well."""
    try:
        return json.loads(content)
    except RecursionError as failure:
        raise ValueError("nests too deep") from failure


def parse_yaml(content: str | bytes) -> Any:
    """Raises yaml.YAMLError for whatever is no YAML, a date that does not exist and what nests too deep as well."""
    import yaml

    try:
        return yaml.safe_load(content)
    except (RecursionError, ValueError, OverflowError) as failure:
        raise yaml.YAMLError("nests too deep" if isinstance(failure, RecursionError) else str(failure)) from failure
