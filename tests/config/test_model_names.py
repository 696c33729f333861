"""What the two models are called is written once, and every sentence takes it from there."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import ocrweb
from ocrweb.config import model_names
from ocrweb.errors import OcrwebError

ROOT = Path(ocrweb.__file__).parent
NAMES = (model_names.DEFAULT, model_names.HOUSE)


def said(path: Path) -> Iterator[str]:
    """The texts of a module that the program works with: all but its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value


def test_no_other_file_spells_a_models_name() -> None:
    spelled = {path for path in ROOT.rglob("*.py") if any(name in text for text in said(path) for name in NAMES)}
    spelled |= {
        path for path in ROOT.rglob("*.yml") if any(name in path.read_text(encoding="utf-8") for name in NAMES)
    } - {ROOT / "assets" / "weights" / "db_resnet18.yml"}  # the card of the weights says whose they are
    assert {path.relative_to(ROOT).as_posix() for path in spelled} == {"messages/names.py"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_sentence_has_the_name_whether_it_has_other_values_or_not(lang: str) -> None:
    for error in (OcrwebError("pretrain.no-teacher", name="x"), OcrwebError("model.offline", name="x", cache="y")):
        assert model_names.DEFAULT in error.hint(lang)
        assert not [name for _, name, _, _ in string.Formatter().parse(error.hint(lang)) if name]
