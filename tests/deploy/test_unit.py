"""`deploy/ocrweb.service`: systemd takes it, and its sandbox does not get wider unnoticed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ocrweb.cli.main import command_line
from tests.browser import ROOT

UNIT = ROOT / "deploy" / "ocrweb.service"
EXPOSURE = 15  # tenths: 1.5 of 10 at most
ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(not ANALYZE, reason="systemd-analyze is missing")


def settings() -> dict[str, list[str]]:
    """Every setting with its values, in their order."""
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(ANALYZE), *words], capture_output=True, text=True, check=False)


@needs_systemd
def test_systemd_understands_every_line(tmp_path: Path) -> None:
    there = tmp_path / UNIT.name
    there.write_text(
        UNIT.read_text(encoding="utf-8").replace("/opt/ocrweb/.venv/bin/ocrweb", shutil.which("true") or "")
    )
    checked = analyze("verify", "--man=no", str(there))
    assert (checked.returncode, checked.stderr) == (0, "")


@needs_systemd
def test_the_sandbox_stays_as_tight_as_it_is() -> None:
    checked = analyze("security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE}", str(UNIT))
    if "unrecognized option" in checked.stderr:
        pytest.skip("this systemd cannot look at a file")
    assert checked.returncode == 0, checked.stdout[-300:]


def test_its_command_and_its_variables_are_those_of_the_program() -> None:
    unit = settings()
    [command] = unit["ExecStart"]
    serve = command_line().commands["serve"]
    options = {name for each in serve.params for name in each.opts}
    assert command.split()[1] == "serve"
    assert {word for word in command.split() if word.startswith("--")} <= options
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "ocrweb").rglob("*.py"))
    for name in set(re.findall(r"OCRWEB_[A-Z_]+", UNIT.read_text(encoding="utf-8"))):
        assert f'"{name}"' in source, name


def test_no_login_on_the_command_line_and_data_where_it_may_write() -> None:
    unit = settings()
    assert "auth" not in unit["ExecStart"][0]
    assert "OCRWEB_HOME=/var/lib/ocrweb" in unit["Environment"][0].split()
    assert unit["ReadWritePaths"] == ["/var/lib/ocrweb"]
    assert (unit["ProtectSystem"], unit["NoNewPrivileges"]) == (["strict"], ["yes"])
    assert "MemoryDenyWriteExecute" not in unit  # OpenVINO and Paddle write machine code
