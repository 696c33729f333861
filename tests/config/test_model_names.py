"""What the two models are called is written once."""

from __future__ import annotations

import ast
from pathlib import Path

import ocrweb
from ocrweb.config import model_names


def test_no_other_module_spells_a_models_name() -> None:
    root = Path(ocrweb.__file__).parent
    spelled = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in (model_names.DEFAULT, model_names.HOUSE)
    }
    assert spelled == {"config/model_names.py"}
