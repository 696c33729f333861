"""Imports point one way: a layer imports only the layers before it, a room only the rooms it is given, nothing in a circle."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.import_graph import PACKAGE, circles, group, imported_names, module_graph, modules, room_of

BASE = {"messages", "errors", "disk", "config"}
PICTURES = BASE | {"geometry", "imaging"}
READY = PICTURES | {"data", "render", "rundir", "runtime", "evaluation"}
ALLOWED = {
    "messages": set(),
    "errors": {"messages"},
    "disk": {"messages", "errors"},
    "config": {"messages", "errors", "disk"},
    "geometry": {"errors"},
    "rundir": BASE,
    "imaging": BASE | {"geometry"},
    "data": PICTURES,
    "render": PICTURES | {"data"},
    "runtime": PICTURES | {"rundir"},
    "evaluation": PICTURES | {"data", "runtime"},
    "model": BASE | {"rundir"},
    "training": READY | {"model"},
    "services": READY,
    "public": READY | {"services"},
    "ui": BASE | {"services"},
    "cli": BASE | {"services", "ui"},
}
ROOMS = {
    "services/access": set(),
    "services/files": set(),
    "services/line": set(),
    "services/tally": set(),
    "services/work": {"files"},
    "services/intake": {"files"},
    "services/models": {"files", "intake", "work"},
    "services/detect": {"files", "tally"},
    "services/batch": {"detect", "files", "intake", "tally", "work"},
    "services/cluster": {"detect", "files", "intake"},
    "services/datasets": {"batch", "cluster", "detect", "files", "intake", "models", "work"},
    "services/labels": {"datasets", "detect", "files", "intake", "models", "work"},
    "services/exporting": {"detect", "files", "models", "work"},
    "services/machine": {"detect", "files"},
    "services/root": {"batch", "datasets", "files", "intake", "models"},
    "services/registry": {"detect", "exporting", "files", "models", "training", "work"},
    "services/root/backup": {"datasets", "files", "root"},
    "services/training": {
        "datasets",
        "detect",
        "files",
        "intake",
        "labels",
        "models",
        "root",
        "training/diagnosis",
        "work",
    },
    "services/training/diagnosis": set(),
    "training": {"export", "feed", "importing", "learn", "machine", "run"},
    "training/augment": set(),
    "training/export": {"machine"},
    "training/feed": {"augment", "learn", "machine"},
    "training/importing": {"export", "machine"},
    "training/learn": {"machine"},
    "training/machine": set(),
    "training/run": {"export", "feed", "learn", "machine"},
    "ui/parts": {"seams"},
    "ui/seams": set(),
    "ui/guard": {"parts", "seams"},
    "ui/line": {"guard", "parts", "seams"},
    "ui/viewer": {"line", "parts"},
    "ui/single": {"parts", "viewer"},
    "ui/batch": {"parts", "viewer"},
    "ui/datasets": {"parts", "seams", "viewer"},
    "ui/exporting": {"parts", "seams"},
    "ui/models": {"parts"},
    "ui/training": {"batch", "datasets", "parts", "viewer"},
    "ui/labels": {"line", "parts", "viewer"},
    "ui/programs": {"guard", "line", "parts"},
    "ui/manual": {"parts"},
    "ui/page": {
        "batch",
        "datasets",
        "exporting",
        "guard",
        "labels",
        "line",
        "manual",
        "models",
        "parts",
        "programs",
        "seams",
        "single",
        "training",
        "viewer",
    },
}
LAYERS = sorted(path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists())
TESTS = Path(__file__).parent
TESTED_ABOVE = {"services", "model/onednn", "assets/samples"}  # no code there, or the room above is what calls it
LAZY_ONLY = {"paddle", "gradio", "openvino", "onnxruntime"}
GRAPH = module_graph()


def modules_of(layer: str) -> list[Path]:
    single = PACKAGE / f"{layer}.py"
    return [single] if single.exists() else sorted((PACKAGE / layer).rglob("*.py"))


@pytest.mark.parametrize("layer", [layer for layer in LAYERS if layer not in {"__init__", "__main__"}])
def test_layer_imports_only_those_before_it(layer: str) -> None:
    allowed = ALLOWED[layer] | {layer}
    for path in modules_of(layer):
        for name in imported_names(path):
            parts = name.split(".")
            if parts[0] == "ocrweb" and len(parts) > 1:
                target = parts[1]
                assert target in allowed or target == "__version__", f"{path}: {layer} must not import {name}"


@pytest.mark.parametrize("layer", ["services", "runtime", "evaluation", "data", "cli", "config"])
def test_heavy_libraries_are_not_imported_when_a_module_loads(layer: str) -> None:
    for path in modules_of(layer):
        if path.parent.name == "engines":
            continue
        heavy = {name.split(".")[0] for name in imported_names(path, when_loaded=True)} & LAZY_ONLY
        assert not heavy, f"{path} imports {heavy} at load time"


def test_only_the_page_knows_gradio() -> None:
    for layer in LAYERS:
        if layer not in {"ui", "__init__", "__main__"}:
            for path in modules_of(layer):
                assert not {name for name in imported_names(path) if name.split(".")[0] == "gradio"}, path


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles(GRAPH) == []


@pytest.mark.parametrize("room", sorted({room_of(name) for name in modules() if name.count(".") > 1} & {*ROOMS}))
def test_a_room_imports_only_the_rooms_it_is_given(room: str) -> None:
    layer = room.split("/")[0]
    allowed = {room} | {f"{layer}/{name}" for name in ROOMS[room]}
    for name in modules():
        if name.startswith("ocrweb.") and room_of(name) == room:
            others = {room_of(target) for target in GRAPH[name] if target.startswith(f"ocrweb.{layer}.")}
            assert others <= allowed, f"{name} imports from {sorted(others - allowed)}"


def test_every_room_of_the_upper_layers_is_given_its_imports_and_none_two_ways() -> None:
    rooms = {name: room_of(name) for name in modules() if name.split(".")[1:2] in (["services"], ["training"], ["ui"])}
    halls = {"services", "ui"}  # nothing but their own docstring lies there
    assert set(rooms.values()) - halls == set(ROOMS)
    inside = {name: {target for target in GRAPH[name] if target in rooms} for name in rooms}
    assert circles(group(inside, rooms)) == []


def test_tests_stand_in_the_rooms_of_what_they_test() -> None:
    rooms = {str(path.parent.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py")} - {"."}
    tested = {str(path.parent.relative_to(TESTS)) for path in TESTS.rglob("test_*.py")} - {"."}
    layers = {room.split("/")[0] for room in rooms}
    assert {room for room in tested if room.split("/")[0] in layers} == rooms - TESTED_ABOVE
