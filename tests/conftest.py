"""The order of the whole suite."""

from __future__ import annotations

import pytest

LONG = ("slow", "browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests come first: processes that share the files then end together."""
    long = {item.path for item in items if any(item.get_closest_marker(name) for name in LONG)}
    items.sort(key=lambda item: item.path not in long)
