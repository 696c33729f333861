"""A console imports Gradio without the stub files that Gradio writes into its own folder, and its widgets are whole."""

from __future__ import annotations

import inspect
import subprocess
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path

import gradio

from ocrweb.config.paths import CHECKOUT
from ocrweb.ui.seams import stubs

LOOK = """
import sys
parsed = []
sys.addaudithook(lambda event, args: parsed.append(str(args[0])) if event == "open" and str(args[0]).endswith(".pyi") else None)
from ocrweb.ui.seams import stubs
stubs.leave_out()
import gradio
assert parsed == [], parsed
assert [finder for finder in sys.meta_path if type(finder).__module__ == stubs.__name__] == []
with gradio.Blocks() as page:
    gradio.Button("one").click(lambda: None)
assert len(page.fns) == 1
"""


def test_no_stub_is_read_or_written_and_events_are_there() -> None:
    ran = subprocess.run([sys.executable, "-c", LOOK], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]


def test_gradio_still_writes_them_by_the_name_that_is_taken_over() -> None:
    """In a module of its own: the tests import Gradio without the stubs, as a console does."""
    spec = PathFinder.find_spec(stubs.WRITES, [str(Path(gradio.__file__).parent)])
    assert spec is not None
    assert spec.loader is not None
    untouched = module_from_spec(spec)
    spec.loader.exec_module(untouched)
    writes = untouched.create_or_modify_pyi
    assert list(inspect.signature(writes).parameters) == ["component_class", "class_name", "events"]


def test_where_gradio_is_there_already_nothing_is_put_into_the_way_of_imports() -> None:
    before = list(sys.meta_path)
    stubs.leave_out()
    assert sys.meta_path == before
