"""docs/deploy.md: its commands run, or are at least those of the program, and both languages give the same."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ocrweb.cli.main import command_line
from tests.browser import ROOT
from tests.services.training.made_runs import make_run

DOCS = [ROOT / "docs" / "deploy.md", ROOT / "docs" / "deploy_zh.md"]


def commands(doc: Path) -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", doc.read_text(encoding="utf-8"), re.S | re.M)
    return [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]


def test_both_languages_give_the_same_commands() -> None:
    assert commands(DOCS[0]) == commands(DOCS[1])


def test_a_backup_is_made_checked_and_restored_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    make_run()
    lines = [line for line in commands(DOCS[0]) if line.startswith(("ocrweb backup", "ocrweb restore"))]
    assert len(lines) == 3
    for line in lines:
        line = line.replace("$(date +%F)", "2026-11-29").replace(" /", f" {tmp_path}/")
        ended = subprocess.run(
            [sys.executable, "-m", *shlex.split(line)],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, f"{line}\n{ended.stderr}"
    assert (tmp_path / "var" / "lib" / "ocrweb-new" / "workdirs" / "20260101_000000_demo").is_dir()


@pytest.mark.parametrize("doc", DOCS, ids=lambda path: path.name)
def test_options_and_variables_exist(doc: Path) -> None:
    text = doc.read_text(encoding="utf-8")
    serve = command_line().commands["serve"]
    options = {name for each in serve.params for name in each.opts}
    variables = {each.envvar for each in serve.params if each.envvar}
    for option, variable in re.findall(r"^\| `(--[a-z-]+) [^`]*` \| `(OCRWEB_[A-Z_]+)=", text, re.M):
        assert option in options, option
        assert variable in variables, variable
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "ocrweb").rglob("*.py"))
    for name in set(re.findall(r"OCRWEB_[A-Z_]+", text)):
        assert f'"{name}"' in source, name


def test_the_exposure_that_is_told_is_the_one_that_is_held() -> None:
    from tests.deploy.test_unit import EXPOSURE

    assert all(f"{EXPOSURE / 10}" in doc.read_text(encoding="utf-8") for doc in DOCS)
