"""`scripts/setup_venv.sh`: what is installed into an environment that is there."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.browser import ROOT

FAKE_PYTHON = """#!/bin/sh
echo "$@" >>calls.txt
while [ $# -gt 0 ]; do [ "$1" = -r ] && cat "$2" >>installed.txt; shift; done
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the requirements with an environment whose pip only writes down what it would install."""
    for name in (
        "requirements.txt",
        "requirements-nodeps.txt",
        "requirements-dev.txt",
        "requirements-gpu.txt",
        "requirements-ray.txt",
        "constraints.txt",
    ):
        shutil.copy(ROOT / name, tmp_path)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(FAKE_PYTHON)
    python.chmod(0o755)
    return tmp_path


def installed(checkout: Path, requirements: str, options: str = "") -> list[str]:
    script = f'. "{ROOT}/scripts/setup_venv.sh"; pip_options={options}; setup_venv {requirements}'
    subprocess.run(["bash", "-c", script], cwd=checkout, check=True, capture_output=True)
    lines = (checkout / "installed.txt").read_text().splitlines()
    return [line.partition("=")[0] for line in lines if line and not line.startswith(("#", "-r"))]


def put_gpu_build(checkout: Path, name: str) -> None:
    (checkout / ".venv" / "lib" / "python3.11" / "site-packages" / f"{name}_gpu-1.0.dist-info").mkdir(parents=True)


def test_without_gpu_builds_the_cpu_builds_are_installed(checkout: Path) -> None:
    assert {"paddlepaddle", "onnxruntime", "gradio"} <= set(installed(checkout, "requirements.txt"))


def test_all_versions_are_held_and_what_asks_for_older_ones_comes_after_them_without_asking(checkout: Path) -> None:
    installed(checkout, "requirements.txt")
    held, apart, ours, *rest = [
        call for call in (checkout / "calls.txt").read_text().splitlines() if " install " in call
    ]
    assert held.endswith("-r requirements.txt -c constraints.txt")
    assert apart.endswith("--no-deps -r requirements-nodeps.txt")
    assert ours.endswith("--no-deps -e .")
    assert rest == []


@pytest.mark.parametrize("options", ["", "--no-compile"])
def test_only_who_asks_leaves_modules_uncompiled(checkout: Path, options: str) -> None:
    installed(checkout, "requirements.txt", options)
    calls = [call for call in (checkout / "calls.txt").read_text().splitlines() if " install " in call]
    assert [("--no-compile" in call) for call in calls] == [bool(options)] * 3


@pytest.mark.parametrize("changed", ["requirements-nodeps.txt", "constraints.txt"])
def test_a_second_run_installs_only_what_changed(checkout: Path, changed: str) -> None:
    first = installed(checkout, "requirements.txt")
    assert installed(checkout, "requirements.txt") == first
    with (checkout / changed).open("a") as file:
        file.write("# another version\n")
    assert installed(checkout, "requirements.txt") == first * 2


def test_what_another_file_includes_is_not_installed_again(checkout: Path) -> None:
    """A developer's environment starts the console at once."""
    first = installed(checkout, "requirements-dev.txt")
    assert installed(checkout, "requirements.txt") == first


@pytest.mark.parametrize("requirements", ["requirements.txt", "requirements-dev.txt"])
def test_gpu_builds_are_not_overwritten(checkout: Path, requirements: str) -> None:
    put_gpu_build(checkout, "paddlepaddle")
    names = installed(checkout, requirements)
    assert "paddlepaddle" not in names
    assert {"onnxruntime", "gradio"} <= set(names)
    assert ("pytest" in names) == ("ray[data]" in names) == (requirements == "requirements-dev.txt")
    (checkout / "installed.txt").unlink()
    (checkout / ".venv" / f"installed-{requirements}").unlink()
    put_gpu_build(checkout, "onnxruntime")
    assert not {"paddlepaddle", "onnxruntime"} & set(installed(checkout, requirements))
