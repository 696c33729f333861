"""Gradio without the stub files that it writes for editors: it reads and compares eighty of them in each process that imports it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

WRITES = "gradio.component_meta"


class _WithoutWriting(MetaPathFinder):
    """Finds the module that writes, once, and has it write nothing."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != WRITES:
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            execute: Any = spec.loader.exec_module

            def without(module: ModuleType) -> None:
                execute(module)
                module.create_or_modify_pyi = lambda *_: None  # type: ignore[attr-defined]

            spec.loader.exec_module = without  # type: ignore[method-assign]
        return spec


def leave_out() -> None:
    """Before Gradio is imported, else it changes nothing: a third of the processor time of that import is spent on them."""
    if WRITES not in sys.modules:
        sys.meta_path.insert(0, _WithoutWriting())
