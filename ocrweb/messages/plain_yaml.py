"""The little of YAML that the catalogue is written in, for a Python in which PyYAML is not installed."""

from __future__ import annotations

import json
from typing import Any


def read_plain(text: str) -> dict[str, Any]:
    """Nested mappings by two blanks a level, with texts in double quotes: what the files of ``messages/`` hold.

    A line of another kind raises ValueError.
    """
    whole: dict[str, Any] = {}
    open_below = [whole]
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        depth = (len(line) - len(line.lstrip(" "))) // 2
        name, colon, value = line.strip().partition(":")
        if not colon or depth >= len(open_below):
            raise ValueError(line)
        del open_below[depth + 1 :]
        if value.strip():
            open_below[depth][name] = json.loads(value)
        else:
            below: dict[str, Any] = {}
            open_below[depth][name] = below
            open_below.append(below)
    return whole
