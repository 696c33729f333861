"""Paddle's environment, the order of the whole suite, what starts browsers in it, and Ctrl-C that reaches the programs it starts."""

from __future__ import annotations

import functools
import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Playwright, sync_playwright
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from ocrweb.runtime.paddle_env import machine_environment
from ocrweb.ui.seams import lean

LONG = ("slow", "browser")
OWN_CONSOLES = ("furnished", "locked")  # beside the one of all; each costs ten seconds of a processor before it answers
HEAVIEST = (  # each with consoles or processes of its own: the one that a process began last would be waited for
    "tests/services/exporting/test_run.py",
    "tests/ui/training/test_tab.py",
    "tests/ui/labels/test_whole_way.py",
    "tests/ui/page/test_whole_page.py",
    "tests/docs/test_commands.py",
    "tests/faults/test_campaign.py",
    "tests/training/test_worker.py",
    "tests/ui/training/test_runs.py",
    "tests/ui/training/test_deeds.py",
    "tests/ui/batch/test_tab.py",
    "tests/benchmarks/test_pretrain_ship.py",
    "tests/benchmarks/test_soak.py",
    "tests/benchmarks/test_bad_input.py",
)

# Paddle reads its environment when it is imported, so it is set before any test is.
os.environ.update(machine_environment())
lean.leave_out(mcp=False)  # as a console does: most of the time of Gradio's import goes into them

# How long an example takes is the machine's affair.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# A shell has what it runs beside itself ignore Ctrl-C, and programs inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """What was imported stays: looking through it for what can go takes a twentieth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests come first: processes that share the files then end together."""
    long = {item.path for item in items if any(item.get_closest_marker(name) for name in LONG)}
    heavy = {Path(__file__).parent.parent / name: place for place, name in enumerate(HEAVIEST)}
    items.sort(key=lambda item: (item.path not in long, heavy.get(item.path, len(heavy))))


class ByFile(LoadScopeScheduling):
    """Processes take a file at a time; files that share a console beside that of all go to one process."""

    def _split_scope(self, nodeid: str) -> str:
        return together(nodeid.partition("::")[0])


@functools.cache
def together(file: str) -> str:
    text = (Path(__file__).parent.parent / file).read_text(encoding="utf-8")
    return next((name for name in OWN_CONSOLES if f"{name}: Console" in text), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile | None:
    return ByFile(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One for all browsers of a process: a second one beside it cannot be started."""
    with sync_playwright() as started:
        yield started
