"""Texts of any origin stand in the page as texts: nothing in them is markup, and nothing hides or turns what is beside."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocrweb.config.paths import PACKAGE
from ocrweb.services.batch.past import JobSnapshot
from ocrweb.ui.batch.present import progress_card
from ocrweb.ui.parts.escape import escape
from ocrweb.ui.parts.problems import note_card

UI = PACKAGE / "ui"
OPEN = re.compile(r"""<[a-z][^<>]*=("[^"]*|'[^']*)$""")
HOSTILE = "\"'><script>alert(1)</script>\u202egpj.exe\0\ud800"
ELSEWHERE = {"guard/page_policy.py"}  # a number of our own, in bytes


def test_nothing_leaves_its_quotes() -> None:
    shown = escape(HOSTILE)
    assert not set("<>\"'\0\u202e") & set(shown)
    assert shown.encode("utf-8")
    assert "⟨U+202E⟩gpj.exe" in shown


def test_a_state_and_a_sentence_of_a_stranger_are_texts() -> None:
    cards = note_card(HOSTILE, HOSTILE) + progress_card(JobSnapshot("a", HOSTILE, None), "en")
    assert "<script" not in cards
    assert "\u202e" not in cards


def unescaped(path: Path) -> Iterator[str]:
    """Values that stand in an attribute of HTML without passing `escape`; numbers with a format may."""
    for text in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(text, ast.JoinedStr):
            continue
        before = ""
        for part in text.values:
            if isinstance(part, ast.Constant):
                before += str(part.value)
                continue
            assert isinstance(part, ast.FormattedValue)
            safe = isinstance(part.value, ast.Call) and ast.unparse(part.value.func) == "escape"
            if OPEN.search(before) and not safe and part.format_spec is None:
                yield f"{path.name}:{part.lineno}: {ast.unparse(part.value)}"
            before += "x"


@pytest.mark.parametrize("path", sorted(UI.rglob("*.py")), ids=lambda path: str(path.relative_to(UI)))
def test_every_attribute_is_escaped(path: Path) -> None:
    if str(path.relative_to(UI)) not in ELSEWHERE:
        assert not list(unescaped(path))
        assert path.name == "escape.py" or "html.escape" not in path.read_text(encoding="utf-8")


def test_an_attribute_without_it_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("""card = f'<p data-state="{job.state}" title="{escape(name)}">{words}</p>'""")
    assert list(unescaped(tmp_path / "a.py")) == ["a.py:1: job.state"]
