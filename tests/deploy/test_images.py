"""The Dockerfiles: rules that matter, sources that exist, nothing secret; a linter where it is installed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser import ROOT

FILES = [ROOT / "deploy" / "Dockerfile", ROOT / "deploy" / "Dockerfile.gpu"]
HADOLINT = shutil.which("hadolint") or shutil.which("hadolint", path=str(Path(sys.executable).parent))
both = pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)


def instructions(file: Path) -> list[tuple[str, str]]:
    """(name, rest) of each instruction, continued lines joined."""
    text = re.sub(r"^#.*\n", "", file.read_text(encoding="utf-8"), flags=re.M)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines if line.strip()]


def last_stage(file: Path) -> list[tuple[str, str]]:
    found = instructions(file)
    return found[max(at for at, (name, _) in enumerate(found) if name == "FROM") :]


@both
@pytest.mark.skipif(not HADOLINT, reason="hadolint is missing")
def test_the_linter_has_nothing_to_say(file: Path) -> None:
    ended = subprocess.run([str(HADOLINT), str(file)], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "")


@both
def test_signals_arrive_and_dead_processes_are_buried(file: Path) -> None:
    """The exec form, with an init as process 1."""
    stage = dict(last_stage(file))
    entry = json.loads(stage["ENTRYPOINT"])
    assert entry == ["tini", "--", "ocrweb"]
    assert json.loads(stage["CMD"])[0] == "serve"
    assert "tini" in stage["RUN"]
    assert stage["STOPSIGNAL"] == "SIGTERM"
    assert json.loads(stage["HEALTHCHECK"].partition("CMD ")[2])[-1].count("/healthz") == 1


@both
def test_it_runs_as_nobody_in_particular_and_keeps_data_in_a_volume(file: Path) -> None:
    stage = last_stage(file)
    names = [name for name, _ in stage]
    assert dict(stage)["USER"] == "10001:10001"
    assert names.index("USER") < names.index("VOLUME")
    assert "USER" not in names[names.index("USER") + 1 :]
    assert dict(stage)["VOLUME"] == "/data"
    assert "OCRWEB_HOME=/data" in " ".join(rest for name, rest in stage if name == "ENV")


@both
def test_no_login_in_a_layer_and_libraries_apart_from_the_code(file: Path) -> None:
    found = instructions(file)
    assert not [
        rest for name, rest in found if name in ("ARG", "ENV") and re.search("AUTH|PASSWORD|TOKEN|SECRET", rest)
    ]
    assert "ADD" not in [name for name, _ in found]
    libraries = next(at for at, (name, rest) in enumerate(found) if name == "RUN" and "-r requirements.txt" in rest)
    code = next(at for at, (name, rest) in enumerate(found) if name == "COPY" and rest.startswith("ocrweb "))
    assert libraries < code


@both
def test_every_source_exists_and_is_sent_to_the_builder(file: Path) -> None:
    sent = [line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"]
    for name, rest in instructions(file):
        if name == "COPY" and not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists(), source
                assert any(Path(source).match(pattern) for pattern in sent), source


def test_the_builder_gets_nothing_of_a_data_root() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    first = next(line for line in lines if line and not line.startswith("#"))
    assert first == "*"
    assert not {"!datasets", "!workdirs", "!outputs", "!exports", "!.ocrweb", "!.git"} & set(lines)


def test_both_images_are_the_same_but_for_the_card() -> None:
    cpu, gpu = (set(instructions(file)) for file in FILES)
    assert {name for name, _ in cpu ^ gpu} == {"COPY", "RUN", "ENV"}
    assert all("gpu" in rest or "NVIDIA" in rest for _, rest in gpu - cpu)
