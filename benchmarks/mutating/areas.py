"""Which modules make an area, and which tests are asked about a module."""

from __future__ import annotations

import ast
import functools
import random
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mutating.faults import Fault, faults_of, reads
from tools.import_graph import module_graph

AREAS = (
    "cli", "config", "data", "disk", "evaluation", "geometry", "imaging", "model", "render", "rundir", "runtime",
    "services", "training", "ui",
)  # fmt: skip
LEFT_OUT = (
    "render/textures.py",  # noise: nothing says how it must look
    "ui/page/theme.py",
)
SHORT = {  # of an area or a room: where no test has a module's name, those that go through all of them
    "config": ("tests/config/test_loader.py", "tests/config/test_form.py"),
    "data/formats": tuple(
        f"tests/data/formats/test_{name}.py"
        for name in (
            "readers",
            "every_format",
            "import",
            "ocr",
            "silent",
            "silent_coco",
            "silent_tools",
            "lines_of_tools",
        )
    ),
    "rundir": ("tests/rundir/test_rundir.py",),
    "imaging": ("tests/imaging/documents/test_pdf.py", "tests/imaging/test_read_picture.py"),
    "model": (
        "tests/model/test_architecture.py",
        "tests/model/test_functional.py",
        "tests/model/onnx_graph/test_detector.py",
    ),
    "render": tuple(f"tests/render/test_{name}.py" for name in ("kept", "effects", "warp", "sheet", "dataset", "page")),
    "training/augment": ("tests/training/augment/test_kept.py",),
    "ui": ("tests/ui/parts/test_escape.py", "tests/ui/page/test_kept.py", "tests/ui/page/test_at_first.py"),
}
COMMANDS = {"evaluate": "eval", "import_data": "import"}
MOST_FILES = 4


@dataclass(frozen=True, slots=True)
class Mutant:
    """A fault in a module. module: relative to the checkout."""

    area: str
    module: str
    fault: Fault


def draw(root: Path, area: str, count: int, seed: int) -> list[Mutant]:
    """So many faults of an area, as many of each kind as there can be; the same for the same code and seed."""
    chance = random.Random(f"{seed} {area}")
    by_kind: dict[str, list[Mutant]] = {}
    for path in sorted((root / "ocrweb" / area).rglob("*.py")):
        if path.relative_to(root / "ocrweb").as_posix() in LEFT_OUT:
            continue
        for fault in faults_of(path.read_bytes()):
            mutant = Mutant(area, path.relative_to(root).as_posix(), fault)
            by_kind.setdefault(fault.kind, []).append(mutant)
    for mutants in by_kind.values():
        chance.shuffle(mutants)
    drawn: list[Mutant] = []
    while len(drawn) < count and any(by_kind.values()):
        kinds = [kind for kind in sorted(by_kind) if by_kind[kind]]
        chance.shuffle(kinds)
        for mutant in (by_kind[kind].pop() for kind in kinds[: count - len(drawn)]):
            if reads(mutant.fault, (root / mutant.module).read_bytes()):
                drawn.append(mutant)
    return drawn


def asked_about(root: Path, module: str) -> tuple[list[str], list[str], list[str]]:
    """Test files for a module: those of its own name, further ones that import it, and those of the modules that use it.

    The nearest first: of the same room, then of the same area, then those that import least beside it.
    """
    inside = Path(module).relative_to("ocrweb")
    own = [path for path in _test_files(root) if path.startswith(_mirror(inside))]
    name = ".".join(Path(module).with_suffix("").parts)

    def near(path: str) -> tuple[bool, bool, int, str]:
        words = {inside.stem, *inside.parts[1:-1]}
        akin = any(word in Path(path).with_suffix("").as_posix().split("tests/", 1)[1] for word in words)
        return not akin, not path.startswith(f"tests/{inside.parts[0]}/"), len(_imports(root / path)), path

    others = [path for path in _test_files(root) if path not in own and name in _imports(root / path)]
    others.sort(key=near)
    if inside.parts[0] == "cli":
        others += [path for path in _of_command(root, inside.stem) if path not in (*own, *others)]
    others = others[:MOST_FILES]
    others += [path for path in _on_the_desk(root, inside) if path not in (*own, *others)]
    for room in map(Path.as_posix, inside.parents):
        others += [path for path in SHORT.get(room, ()) if path not in (*own, *others)]
    users: list[str] = []
    using, known = {name}, {name}
    while using and len(users) < MOST_FILES:  # those of who uses it, then of who uses those
        using = {user for user, used in _graph(root).items() if used & using} - known
        known |= using
        asked = (*own, *others, *users)
        users += sorted(
            (path for path in _test_files(root) if path not in asked and using & _imports(root / path)), key=near
        )
    return own, others, users[:MOST_FILES]


def _of_command(root: Path, stem: str) -> list[str]:
    """Tests that type a command; those know no module by its name."""
    word = f'"{COMMANDS.get(stem, stem.replace("_", "-"))}"'
    commands = [path for path in _test_files(root) if path.startswith("tests/cli/")]
    return [path for path in commands if word in (root / path).read_text(encoding="utf-8")]


def _on_the_desk(root: Path, inside: Path) -> list[str]:
    """Tests that use the widgets of a part of the page; they find these by their names and import nothing of it."""
    here = f"tests/{inside.parent.as_posix()}/"
    if inside.parts[0] != "ui" or len(inside.parts) < 3:
        return []
    return [path for path in _test_files(root) if path.startswith(here) and "tests.ui.desk" in _imports(root / path)]


def _mirror(inside: Path) -> str:
    """``tests/a/test_b`` of ``a/b.py``, so that ``test_b_more.py`` counts too."""
    return (Path("tests") / inside.parent / f"test_{inside.stem}").as_posix()


@functools.cache
def _graph(root: Path) -> dict[str, set[str]]:
    return module_graph(root / "ocrweb")


@functools.cache
def _test_files(root: Path) -> tuple[str, ...]:
    return tuple(path.relative_to(root).as_posix() for path in sorted((root / "tests").rglob("test_*.py")))


@functools.cache
def _imports(path: Path) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("ocrweb."):
            names |= {node.value, node.value.rpartition(".")[0]}  # what a test puts something else in the place of
    return frozenset(names)
