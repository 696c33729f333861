"""A console imports Gradio without what it needs not: stub files, help for editors, MCP; and its widgets are whole."""

from __future__ import annotations

import inspect
import subprocess
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path
from types import ModuleType

import gradio
import pytest

from ocrweb.config.paths import CHECKOUT
from ocrweb.ui.seams import lean

LOOK = """
import sys
parsed = []
sys.addaudithook(lambda event, args: parsed.append(str(args[0])) if event == "open" and str(args[0]).endswith(".pyi") else None)
from ocrweb.ui.seams import lean
lean.leave_out(mcp=MCP)
import gradio
assert parsed == [], parsed
assert [finder for finder in sys.meta_path if type(finder).__module__ == lean.__name__] == []
assert "{{ component }}" in gradio.Button.click.__doc__
assert ("mcp" in sys.modules) is not MCP
with gradio.Blocks() as page:
    gradio.Button("one").click(lambda: None)
assert len(page.fns) == 1
import mcp
"""


@pytest.mark.parametrize("mcp", [True, False])
def test_nothing_is_left_of_it_and_events_are_there(mcp: bool) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LOOK.replace("MCP", str(mcp))], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-2000:]


def untouched(name: str) -> ModuleType:
    """In a module of its own: the tests import Gradio lean, as a console does."""
    spec = PathFinder.find_spec(name, [str(Path(gradio.__file__).parent)])
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_gradio_still_does_it_by_the_names_that_are_taken_over() -> None:
    writes = untouched("gradio.component_meta").create_or_modify_pyi
    assert list(inspect.signature(writes).parameters) == ["component_class", "class_name", "events"]
    words = untouched("gradio.events").EventListener.set_doc
    assert list(inspect.signature(words).parameters) == ["self", "component"]
    assert hasattr(untouched("gradio.mcp").GradioMCPServer, "StreamableHTTPSessionManager")


def test_where_gradio_is_there_already_nothing_is_put_into_the_way_of_imports() -> None:
    before = list(sys.meta_path)
    lean.leave_out(mcp=True)
    assert sys.meta_path == before
