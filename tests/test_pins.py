"""The versions that are installed: exact, the same everywhere they are named, and none under an advisory that was read."""

from __future__ import annotations

import ast
import datetime
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from ocrweb import messages

ROOT = Path(__file__).parent.parent
FILES = [
    "requirements.txt",
    "requirements-nodeps.txt",
    "requirements-dev.txt",
    "requirements-gpu.txt",
    "requirements-ray.txt",
]
OPENCV = ("opencv-python", "opencv-contrib-python", "opencv-python-headless")
TABLE = (ROOT / "docs" / "pins.md").read_text(encoding="utf-8")


def pins(name: str) -> dict[str, str]:
    """Package → exact version of a requirements file; a line that is not exact fails."""
    lines = [line.split(" #")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    found = {}
    for line in lines:
        if line and not line.startswith(("#", "-r ")):
            requirement = Requirement(line)
            (specifier,) = requirement.specifier
            assert specifier.operator == "==", line
            found[canonicalize_name(requirement.name)] = specifier.version
    return found


def asked(part: str | None = None) -> dict[str, SpecifierSet]:
    """Package → what the package's own metadata allow: of the core, or of one of its parts."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = project["dependencies"] if part is None else project["optional-dependencies"][part]
    return {canonicalize_name(line.name): line.specifier for line in map(Requirement, lines)}


def rows() -> dict[str, tuple[str, str]]:
    """Package → (pin, lowest version without an advisory or "") of docs/pins.md."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.splitlines() if line.startswith("| ")
    ]
    return {canonicalize_name(row[0]): (row[1], row[2]) for row in cells if row[0] != "package"}


def test_every_pin_stands_in_the_table_with_its_version() -> None:
    wanted = {name: version for file in FILES for name, version in pins(file).items()}
    assert {name: pin for name, (pin, _) in rows().items()} == wanted


def test_no_pin_lies_under_an_advisory() -> None:
    floors = {name: (pin, fixed) for name, (pin, fixed) in rows().items() if fixed}
    assert {"onnx", "pillow", "starlette", "gradio", *OPENCV} <= floors.keys()
    assert [name for name, (pin, fixed) in floors.items() if Version(pin) < Version(fixed)] == []


def test_the_review_has_a_date_and_the_next_one_is_three_months_later() -> None:
    done, following = map(datetime.date.fromisoformat, re.findall(r"\*\*(\d{4}-\d\d-\d\d)\*\*", TABLE))
    assert 80 < (following - done).days < 100


def test_one_opencv_for_the_folder_that_three_distributions_share() -> None:
    versions = {pins("requirements.txt")[name] for name in OPENCV}
    assert len(versions) == 1
    for lang in ("en", "zh"):
        assert set(re.findall(r"opencv[a-z-]*==([\d.]+\d)", messages.text("doctor.advice-opencv", lang))) == versions


@pytest.mark.parametrize(
    "file", ["requirements.txt", "requirements-nodeps.txt", "requirements-dev.txt", "requirements-ray.txt"]
)
def test_the_constraints_hold_the_same_versions(file: str) -> None:
    held = pins("constraints.txt")
    assert {name: held.get(name) for name in pins(file)} == pins(file)


@pytest.mark.parametrize(
    ("file", "parts"),
    [
        ("requirements.txt", (None, "train", "official")),
        ("requirements-gpu.txt", ("gpu",)),
        ("requirements-ray.txt", ("ray",)),
        ("requirements-dev.txt", ("dev",)),
    ],
    ids=["core and parts", "gpu", "ray", "dev"],
)
def test_the_metadata_ask_for_what_was_tested_and_for_nothing_else(file: str, parts: tuple[str | None, ...]) -> None:
    """Every range begins at the exact version of the file and ends somewhere."""
    ranges = {name: found for part in parts for name, found in asked(part).items()}
    assert ranges.keys() == pins(file).keys()
    for name, version in pins(file).items():
        operators = {one.operator: one.version for one in ranges[name]}
        assert version in ranges[name], name
        assert operators.get("==", operators.get(">=")) == version, name
        assert "==" in operators or "<" in operators, f"{name} has no end"


def test_the_constraints_name_all_that_is_asked_for() -> None:
    """Whatever an installed package of the list asks for is in the list too, so that nothing floats."""
    held, floating = pins("constraints.txt"), set()
    for name in held:
        for line in metadata.requires(name) or []:
            asked = Requirement(line)
            if (asked.marker is None or asked.marker.evaluate({"extra": ""})) and canonicalize_name(
                asked.name
            ) not in held:
                floating.add(f"{name}: {asked.name}")
    assert floating == set()


def test_what_the_code_imports_is_asked_for() -> None:
    asked = pins("requirements.txt") | pins("requirements-nodeps.txt") | pins("requirements-ray.txt")
    distributions = metadata.packages_distributions()
    unnamed = set()
    for file in [ROOT / "app.py", *(ROOT / "ocrweb").rglob("*.py")]:
        beside = {sample.stem for sample in file.parent.glob("*.py")} if file.parent.name == "samples" else set()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for module in imported(node) - sys.stdlib_module_names - {"ocrweb"} - beside:
                names = {canonicalize_name(name) for name in distributions.get(module, [module])}
                if not names & asked.keys():
                    unnamed.add(module)
    assert unnamed == set()


def imported(node: ast.AST) -> set[str]:
    """The top-level modules of an import statement."""
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        return {node.module.split(".")[0]}
    return set()
