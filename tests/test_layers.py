"""Imports point one way: a layer imports only the layers before it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "ocrweb"
ALLOWED = {
    "disk": set(),
    "messages": set(),
    "errors": {"messages"},
    "config": {"disk", "errors", "messages"},
    "geometry": {"errors"},
    "rundir": {"disk", "errors", "config"},
    "imaging": {"disk", "errors", "config", "geometry"},
    "data": {"disk", "errors", "messages", "config", "geometry", "imaging"},
    "runtime": {"disk", "errors", "messages", "config", "geometry", "imaging"},
    "evaluation": {"disk", "errors", "config", "geometry", "imaging", "data", "runtime"},
    "model": {"disk", "errors", "config", "rundir"},
    "training": {
        "disk",
        "errors",
        "messages",
        "config",
        "geometry",
        "imaging",
        "rundir",
        "data",
        "runtime",
        "evaluation",
        "model",
    },
    "services": {
        "disk",
        "errors",
        "messages",
        "config",
        "geometry",
        "imaging",
        "rundir",
        "data",
        "runtime",
        "evaluation",
    },
    "ui": {"disk", "errors", "messages", "config", "services"},
    "cli": {"disk", "errors", "messages", "config", "services", "ui"},
}
LAYERS = sorted(path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists())
LAZY_ONLY = {"paddle", "gradio", "openvino", "onnxruntime"}


def imports_of(path: Path, *, top_level_only: bool = False) -> set[str]:
    """Dotted names that a module imports, anywhere or only when it is loaded."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_level_only else list(ast.walk(tree))
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def modules_of(layer: str) -> list[Path]:
    single = PACKAGE / f"{layer}.py"
    return [single] if single.exists() else sorted((PACKAGE / layer).rglob("*.py"))


@pytest.mark.parametrize("layer", [layer for layer in LAYERS if layer not in {"__init__", "__main__"}])
def test_layer_imports_only_those_before_it(layer: str) -> None:
    allowed = ALLOWED[layer] | {layer}
    for path in modules_of(layer):
        for name in imports_of(path):
            parts = name.split(".")
            if parts[0] == "ocrweb" and len(parts) > 1:
                target = parts[1]
                assert target in allowed or target == "__version__", f"{path}: {layer} must not import {name}"


@pytest.mark.parametrize("layer", ["services", "runtime", "evaluation", "data", "cli", "config"])
def test_heavy_libraries_are_not_imported_when_a_module_loads(layer: str) -> None:
    for path in modules_of(layer):
        if path.parent.name == "engines":
            continue
        heavy = {name.split(".")[0] for name in imports_of(path, top_level_only=True)} & LAZY_ONLY
        assert not heavy, f"{path} imports {heavy} at load time"


def test_only_the_page_knows_gradio() -> None:
    for layer in LAYERS:
        if layer not in {"ui", "__init__", "__main__"}:
            for path in modules_of(layer):
                assert not {name for name in imports_of(path) if name.split(".")[0] == "gradio"}, path
