"""The wheel holds all that the package needs and nothing that it does not; it is built without the internet."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

from ocrweb import __version__
from ocrweb.config.paths import CHECKOUT, PACKAGE

pytestmark = pytest.mark.slow
NOT_IN_IT = {"__pycache__", ".mypy_cache", ".ruff_cache"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built from a copy: setuptools leaves its own folders beside the source."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(PACKAGE, folder / "source" / "ocrweb", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(CHECKOUT / name, folder / "source")
    for other in ("tests", "benchmarks", "examples", "tools"):  # lie beside the package in a checkout
        (folder / "source" / other).mkdir()
        (folder / "source" / other / "__init__.py").touch()
    built = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "--no-index",
            "-w",
            folder,
            ".",
        ],
        cwd=folder / "source",
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr[-2000:]
    (file,) = folder.glob("*.whl")
    assert file.name == f"ocrweb-{__version__}-py3-none-any.whl"
    return zipfile.ZipFile(file)


def inside(wheel: zipfile.ZipFile) -> set[str]:
    return {name for name in wheel.namelist() if ".dist-info/" not in name}


def test_every_file_of_the_package_is_in_it_and_no_other(wheel: zipfile.ZipFile) -> None:
    files = {
        str(path.relative_to(CHECKOUT))
        for path in PACKAGE.rglob("*")
        if path.is_file() and not NOT_IN_IT & set(path.parts)
    }
    assert inside(wheel) == files


def test_no_tests_are_in_it(wheel: zipfile.ZipFile) -> None:
    assert {name.split("/")[0] for name in inside(wheel)} == {"ocrweb"}


def metadata(wheel: zipfile.ZipFile, name: str) -> str:
    (path,) = (one for one in wheel.namelist() if one.endswith(f".dist-info/{name}"))
    return wheel.read(path).decode("utf-8")


def test_its_metadata_name_the_program_the_python_and_the_parts(wheel: zipfile.ZipFile) -> None:
    told = message_from_string(metadata(wheel, "METADATA"))
    assert (told["Name"], told["Version"]) == ("ocrweb", __version__)
    assert told["Requires-Python"] == "<3.13,>=3.11"
    assert set(told.get_all("Provides-Extra")) == {"train", "official", "ray", "gpu", "dev"}
    assert "ocrweb = ocrweb.__main__:main" in metadata(wheel, "entry_points.txt")


def test_the_command_runs_from_it(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path / "installed")
    code = "import sys; sys.argv = ['ocrweb', 'models', '--json']; from ocrweb.__main__ import main; main()"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "installed"), "OCRWEB_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "ppocrv6-small" in ran.stdout
