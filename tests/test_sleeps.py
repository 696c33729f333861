"""No test sleeps to be right: a sleep stands in a loop that asks whether something has come, never in place of asking."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent


def lone_sleeps(tree: ast.AST, looping: bool = False) -> Iterator[int]:
    """Lines that sleep outside of a loop; programs for other processes are texts and not looked into."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("time.sleep", "sleep") and not looping:
            yield node.lineno
        yield from lone_sleeps(node, looping or isinstance(node, ast.For | ast.While))


def test_no_test_sleeps_to_be_right() -> None:
    found = [
        f"{path.relative_to(FOLDER)}:{line}"
        for path in sorted(FOLDER.rglob("*.py"))
        if "sleep(" in (text := path.read_text(encoding="utf-8"))
        for line in lone_sleeps(ast.parse(text))
    ]
    assert found == ["services/models/import_children.py:21", "services/models/import_children.py:24"]  # to be ended


def test_a_sleep_in_place_of_asking_is_found() -> None:
    text = "import time\ntime.sleep(1)\nwhile not done():\n    time.sleep(0.1)\nhook = lambda: time.sleep(2)"
    assert list(lone_sleeps(ast.parse(text))) == [2, 5]
