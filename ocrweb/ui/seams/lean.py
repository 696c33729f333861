"""Gradio's import without what no console needs, half of the processor time that it takes.

Gradio writes stub files for editors: it reads and compares eighty of them in each process that imports it. It words the help
of two hundred events, each by a template of its own, and it loads what serves tools by MCP whether they are served or not.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

MCP = "mcp"
Execute = Callable[[ModuleType], None]


def _without_stubs(module: Any, execute: Execute) -> None:
    execute(module)
    module.create_or_modify_pyi = lambda *_: None


def _without_help(module: Any, execute: Execute) -> None:
    execute(module)
    module.EventListener.set_doc = lambda self, component: None


def _without_mcp(module: Any, execute: Execute) -> None:
    """As where that package is not installed, for which Gradio is prepared."""
    if MCP in sys.modules:
        return execute(module)
    sys.modules[MCP] = None  # type: ignore[assignment]
    try:
        execute(module)
    finally:
        del sys.modules[MCP]


LEFT_OUT: dict[str, Callable[[Any, Execute], None]] = {
    "gradio.component_meta": _without_stubs,
    "gradio.events": _without_help,
    "gradio.mcp": _without_mcp,
}


class _Lean(MetaPathFinder):
    """Finds the modules that do too much, each once, and has them do less."""

    def __init__(self, names: Sequence[str]) -> None:
        self._left = set(names)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in self._left:
            return None
        self._left.remove(name)
        if not self._left:
            sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            execute, less = spec.loader.exec_module, LEFT_OUT[name]
            spec.loader.exec_module = lambda module: less(module, execute)  # type: ignore[method-assign]
        return spec


def leave_out(*, mcp: bool) -> None:
    """Before Gradio is imported, else it changes nothing. mcp: leave that out too; then no tools can be served."""
    names = [name for name in LEFT_OUT if name not in sys.modules and (mcp or name != "gradio.mcp")]
    if "gradio" not in sys.modules:
        sys.meta_path.insert(0, _Lean(names))
