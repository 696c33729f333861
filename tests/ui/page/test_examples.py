"""The examples that ask a console."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser import ROOT, Console

pytestmark = pytest.mark.slow


def run(name: str, console: Console, picture: Path) -> str:
    ran = subprocess.run(
        [sys.executable, f"examples/{name}", console.url, str(picture)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return ran.stdout


def test_a_program_asks_the_console(console: Console, picture: Path) -> None:
    assert "6 regions in" in run("console.py", console, picture)


def test_an_agent_calls_a_tool(console: Console, picture: Path) -> None:
    said = run("agent.py", console, picture)
    assert "detect, detect_batch" in said
    assert "6 regions" in said
