"""`start_app.sh`, as a newcomer runs it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import ROOT, free_port

pytestmark = pytest.mark.slow


def start(home: Path, *arguments: str, project: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "start_app.sh", *arguments],
        cwd=project,
        env=os.environ | {"OCRWEB_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


STAND_IN = """#!/usr/bin/env bash
# In place of Python: tells what it was started with, and answers once it has.
[ "$1" = app.py ] || { [ -e "$OCRWEB_HOME/told" ]; exit; }
{ echo "arguments: $*"; echo "login: $OCRWEB_AUTH"; } >"$OCRWEB_HOME/telling"
mv "$OCRWEB_HOME/telling" "$OCRWEB_HOME/told"
exec sleep 30
"""


def test_a_login_reaches_the_console_by_the_environment_not_by_its_command_line(tmp_path: Path) -> None:
    project, home = tmp_path / "project", tmp_path / "home"
    (project / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "start_app.sh", project)
    python = project / "python"
    python.write_text(STAND_IN)
    python.chmod(0o755)
    (project / "scripts" / "setup_venv.sh").write_text(f"setup_venv() {{ PYTHON={python}; }}\n")
    secret = ("--auth", "anna:s3cret-s3cret", "--allow-host", "ocr.example.org", "--port", "7999")
    started = start(home, *secret, project=project)
    os.kill(pid_of(home, 7999), signal.SIGTERM)
    assert started.returncode == 0, started.stderr
    told = (home / "told").read_text().splitlines()
    assert told == [
        "arguments: app.py --host 127.0.0.1 --port 7999 --allow-host ocr.example.org",
        "login: anna:s3cret-s3cret",
    ]
    assert (home / ".ocrweb").stat().st_mode & 0o077 == 0


def pid_of(home: Path, port: int) -> int:
    return int((home / ".ocrweb" / f"console-{port}.pid").read_text())


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    for pid_file in (tmp_path / ".ocrweb").glob("console-*.pid"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid_file.read_text()), signal.SIGTERM)


def test_the_banner_comes_once_the_page_answers_and_a_second_start_replaces_the_first(home: Path) -> None:
    port = free_port()
    first = start(home, "--port", str(port))
    assert first.returncode == 0, first.stderr
    lines = first.stdout.splitlines()
    at = lines.index("=" * 60)
    assert lines[at : at + 3] == ["=" * 60, f"WebUI 服务地址: http://127.0.0.1:{port}", "=" * 60]
    assert json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60))["ready"] is True
    old = pid_of(home, port)

    second = start(home, "--port", str(port), "--auth", "anna:s3cret")
    assert second.returncode == 0, second.stderr
    assert f"(pid {old})" in second.stdout
    assert pid_of(home, port) != old
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/config", timeout=60)


def test_a_port_of_another_program_is_told_in_one_line_with_a_hint(home: Path) -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = start(home, "--port", str(port))
    assert refused.returncode == 2
    assert str(port) in refused.stderr
    assert f"--port {port + 1}" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    "arguments", [("--port", "abc"), ("--colour", "red"), ("--host",)], ids=["port", "unknown", "no-value"]
)
def test_wrong_options_end_with_2(home: Path, arguments: tuple[str, ...]) -> None:
    refused = start(home, *arguments)
    assert refused.returncode == 2
    assert len(refused.stderr.strip().splitlines()) == 1
