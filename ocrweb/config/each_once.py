"""YAML in which no mapping says a key twice: of two values the later one would win without a word."""

from __future__ import annotations

from typing import Any

import yaml

MERGE = "tag:yaml.org,2002:merge"


class RepeatedKey(yaml.YAMLError):
    """line, first: where the key stands again and where it stood before, from 1."""

    def __init__(self, key: str, first: int, line: int) -> None:
        self.key, self.first, self.line = key, first, line


class EachOnce(yaml.SafeLoader):
    def compose_mapping_node(self, anchor: Any) -> Any:
        """As written: before ``<<`` brings in keys that may well be said again. Raises `RepeatedKey`."""
        node = super().compose_mapping_node(anchor)
        seen: dict[tuple[str, str], int] = {}
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or key.tag == MERGE:
                continue
            if (key.tag, key.value) in seen:
                raise RepeatedKey(key.value, seen[key.tag, key.value], line)
            seen[key.tag, key.value] = line
        return node
