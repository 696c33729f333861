"""What is said over the page, and what stands in the place of an answer that there is none of."""

from __future__ import annotations

from collections.abc import Callable

import gradio as gr
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.line import waiting
from ocrweb.ui.parts import problems


@pytest.mark.parametrize(("say", "widget"), [(problems.warn, "Warning"), (problems.tell, "Info")])
def test_a_sentence_that_passes_by_is_text_and_no_markup(
    monkeypatch: pytest.MonkeyPatch, say: Callable[[str], None], widget: str
) -> None:
    passing: list[str] = []
    monkeypatch.setattr(gr, widget, passing.append)
    say("<b>页 1</b>")
    assert passing == ["&lt;b&gt;页 1&lt;/b&gt;"]


def test_who_gets_no_turn_is_told_so_before_anything_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    busy = OcrwebError("line.busy", before=3, seconds=9)
    monkeypatch.setattr(problems, "current_turn", lambda: waiting.Turn(refused=busy))
    assert problems.caught(lambda: done.append(1)) is busy
    assert done == []


def test_a_card_has_what_is_wrong_what_to_do_and_the_code_and_is_escaped() -> None:
    error = OcrwebError("config.dataset-missing", path="<b>")
    card = problems.problem_card(error, "en")
    assert "<b>" not in card
    assert f"<code>{error.code}</code>" in card
    assert card.index("<strong>") < card.index("<br>") < card.index("<code>")
    assert problems.note_card("<b>", "good") == '<div class="ocrweb-good" role="status">&lt;b&gt;</div>'
