"""Paddle's environment, the order of the whole suite, what starts browsers in it, and Ctrl-C that reaches the programs it starts."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Playwright, sync_playwright

from ocrweb.runtime.paddle_env import machine_environment
from ocrweb.ui.seams import stubs

LONG = ("slow", "browser")
HEAVIEST = (  # each with consoles or processes of its own: the one that a process began last would be waited for
    "tests/services/exporting/test_run.py",
    "tests/ui/training/test_tab.py",
    "tests/ui/labels/test_whole_way.py",
    "tests/docs/test_commands.py",
    "tests/faults/test_campaign.py",
    "tests/training/test_worker.py",
    "tests/ui/training/test_runs.py",
    "tests/ui/training/test_deeds.py",
    "tests/ui/page/test_whole_page.py",
    "tests/ui/batch/test_tab.py",
)

# Paddle reads its environment when it is imported, so it is set before any test is.
os.environ.update(machine_environment())
stubs.leave_out()  # as a console does: most of the time of Gradio's import goes into them

# How long an example takes is the machine's affair.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# A shell has what it runs beside itself ignore Ctrl-C, and programs inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests come first: processes that share the files then end together."""
    long = {item.path for item in items if any(item.get_closest_marker(name) for name in LONG)}
    heavy = {Path(__file__).parent.parent / name: place for place, name in enumerate(HEAVIEST)}
    items.sort(key=lambda item: (item.path not in long, heavy.get(item.path, len(heavy))))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One for all browsers of a process: a second one beside it cannot be started."""
    with sync_playwright() as started:
        yield started
