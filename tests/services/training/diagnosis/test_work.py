"""A log may come from an enemy: the work of every expression grows with the line's length and no faster."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import ocrweb
from ocrweb.services.training.diagnosis import engine, evidence, states
from ocrweb.services.training.diagnosis.harmless import NOTICES
from ocrweb.services.training.diagnosis.patterns import PATTERNS
from tests.regex_work import growth, work

ALLOWED = 2.2  # times the work for twice the line
BOUNDED = "ocrweb.data.checks.list_line._SPACED_NAMES"  # asked of short lines only: LONGEST_NAMES


def of_the_table() -> Iterator[tuple[str, str]]:
    for pattern in PATTERNS:
        yield pattern.cause, pattern.expression
        if pattern.unless:
            yield f"{pattern.cause}, unless", pattern.unless
    yield from NOTICES.items()


def of_the_rules() -> Iterator[tuple[str, str]]:
    """What the other rules look for: the argument of each ``find``, and of each call of ``re``."""
    for module in (engine, evidence, states):
        tree = ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))
        for call in ast.walk(tree):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr in {"find", "search", "compile"}
                and call.args
            ) and (expression := _value(call.args[0], vars(module))) is not None:
                yield f"{module.__name__}:{call.lineno}", expression


def _value(node: ast.expr, names: dict[str, object]) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name) and isinstance(names.get(node.id), str):
        return str(names[node.id])
    if isinstance(node, ast.JoinedStr):  # of `_number_after`
        return "".join(part.value if isinstance(part, ast.Constant) else "loss" for part in node.values)
    return None


OF_GRADIO = (
    "ocrweb.ui.seams.lookups",
    "ocrweb.ui.seams.copies",
    "ocrweb.ui.seams.latest",
)  # read Gradio's own scripts once, and nothing that a visitor brings


def of_the_package() -> Iterator[tuple[str, str]]:
    """Every expression that a module of the package has made ready, for names and for lines of datasets."""
    for found in pkgutil.walk_packages(ocrweb.__path__, "ocrweb."):
        if found.name.startswith(("ocrweb.services", "ocrweb.data", "ocrweb.rundir", "ocrweb.ui", "ocrweb.config")):
            source = Path(found.module_finder.path, found.name.rpartition(".")[2] + ".py")  # type: ignore[union-attr]
            if found.name not in OF_GRADIO and source.is_file() and "re.compile(" in source.read_text(encoding="utf-8"):
                for name, value in vars(importlib.import_module(found.name)).items():
                    if (
                        isinstance(value, re.Pattern)
                        and isinstance(value.pattern, str)
                        and f"{found.name}.{name}" != BOUNDED
                    ):
                        yield f"{found.name}.{name}", value.pattern


@pytest.mark.parametrize(("name", "expression"), [*of_the_table(), *of_the_rules()])
def test_twice_the_line_is_at_most_twice_the_work(name: str, expression: str) -> None:
    ratio, line = growth(expression)
    assert ratio <= ALLOWED, f"{name}: {ratio:.2f} times the work for {line}"


@pytest.mark.parametrize(("name", "expression"), list(of_the_package()))
def test_so_it_is_for_names_and_label_lines(name: str, expression: str) -> None:
    ratio, line = growth(expression, search=False)
    assert ratio <= ALLOWED, f"{name}: {ratio:.2f} times the work for {line}"


def test_all_rules_were_found() -> None:
    assert len(list(of_the_rules())) >= 13
    assert len(list(of_the_package())) >= 15


@pytest.mark.parametrize(
    "expression",
    [
        r"nccl.*(error|timeout|unhandled)", r"dataloader.*(worker|exited)", r"shape.*mismatch.*(param|weight)",
        r"[\w.]+error:", r"killed\s*\d*\s*$", r"(\d+)+x", r"start\w* train", r"^\s*(?:[\w.]+error)\b.*:",
    ],
)  # fmt: skip
def test_an_expression_that_goes_back_and_forth_is_caught(expression: str) -> None:
    assert growth(expression, size=60 if "+)+" not in expression else 5)[0] > ALLOWED


def test_the_counted_matcher_agrees_with_re() -> None:
    """It counts nothing true if it looks for something else: where it stops is where ``re`` finds a match."""
    for _, expression in (*of_the_table(), *of_the_rules()):
        for line in ("RuntimeError: NCCL unhandled error", "loss: nan", "shape of mismatch param", "Killed  ", "plain"):
            whole = work(expression, line + "\x01" * 300) > 301
            assert whole or re.search(expression, line, re.IGNORECASE), (expression, line)
