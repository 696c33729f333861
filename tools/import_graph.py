"""Which module imports which, read from the source: for the test of the layers and for the map in docs."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "ocrweb"
Graph = dict[str, set[str]]


@cache
def modules(package: Path = PACKAGE) -> Mapping[str, Path]:
    """Dotted name → file of every module of the package; a package's name stands for its ``__init__.py``."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imported_names(path: Path, *, when_loaded: bool = False) -> frozenset[str]:
    """Dotted names that a file imports, anywhere in it or only while it is loaded."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in tree.body if when_loaded else ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


def module_graph(package: Path = PACKAGE) -> Graph:
    """Module → the modules of the package that it imports itself, anywhere in its file.

    ``from a.b import c`` is an import of ``a.b.c`` when that is a module, else of ``a.b``.
    """
    known = modules(package)
    graph: Graph = {}
    for name, path in known.items():
        given = imported_names(path) & known.keys()
        parents = {other for other in given if any(inner.startswith(f"{other}.") for inner in given)}
        only_as_parent = {other for other in parents if known[other].name == "__init__.py"}
        graph[name] = set(given - only_as_parent - {name})
    return graph


def room_of(module: str) -> str:
    """The folder that a module lies in below the package, ``services/batch``; a file of the package itself is its own."""
    path = modules()[module].relative_to(PACKAGE)
    inside = path.parent.as_posix()
    return path.stem if inside == "." else inside


def group(graph: Graph, names: Mapping[str, str]) -> Graph:
    """The same graph between groups. names: module → group; imports inside a group are left out."""
    grouped: Graph = {name: set() for name in names.values()}
    for module, targets in graph.items():
        grouped[names[module]] |= {names[target] for target in targets} - {names[module]}
    return grouped


def circles(graph: Graph) -> list[list[str]]:
    """Every set of nodes that reach each other, each sorted: Tarjan's strongly connected components of two or more."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        order[node] = lowest[node] = len(order)
        path.append(node)
        for target in graph.get(node, ()):
            if target not in order:
                visit(target)
                lowest[node] = min(lowest[node], lowest[target])
            elif target in path:
                lowest[node] = min(lowest[node], order[target])
        if lowest[node] == order[node]:
            start = path.index(node)
            if len(path) - start > 1:
                found.append(sorted(path[start:]))
            del path[start:]

    for node in sorted(graph):
        if node not in order:
            visit(node)
    return found


def reduced(graph: Graph) -> Graph:
    """A graph without circles, less the arrows that a longer way implies."""

    def reached(starts: Iterable[str]) -> set[str]:
        seen: set[str] = set()
        waiting = list(starts)
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting += graph[node]
        return seen

    return {
        node: {
            target for target in targets if target not in reached(inner for other in targets for inner in graph[other])
        }
        for node, targets in graph.items()
    }
