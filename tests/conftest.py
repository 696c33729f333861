"""The order of the whole suite, what starts browsers in it, and Ctrl-C that reaches the programs it starts."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, sync_playwright

LONG = ("slow", "browser")

# A shell has what it runs beside itself ignore Ctrl-C, and programs inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests come first: processes that share the files then end together."""
    long = {item.path for item in items if any(item.get_closest_marker(name) for name in LONG)}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One for all browsers of a process: a second one beside it cannot be started."""
    with sync_playwright() as started:
        yield started
