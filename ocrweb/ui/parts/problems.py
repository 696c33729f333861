"""Errors on the page: one coded sentence and what to do next, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.services.files.reports import internal_error
from ocrweb.services.line.waiting import current_turn
from ocrweb.ui.parts.escape import escape

Answer = TypeVar("Answer")


def problem_card(error: OcrwebError, lang: str) -> str:
    """HTML of an error for people: what is wrong, what to do, the code to search for."""
    return (
        f'<div class="ocrweb-problem" role="alert"><strong>{escape(error.message(lang))}</strong>'
        f"<br>{escape(error.hint(lang))} <code>{escape(error.code)}</code></div>"
    )


def note_card(sentence: str, kind: str = "note") -> str:
    """HTML of a sentence; kind is ``note``, ``good`` or ``warning``."""
    return f'<div class="ocrweb-{escape(kind)}" role="status">{escape(sentence)}</div>'


def caught(work: Callable[[], Answer]) -> Answer | OcrwebError:
    """The answer of a service, or what a person can be told about its failure.

    A visitor who gets no turn is told so in its place.
    """
    if (refused := current_turn().refused) is not None:
        return refused
    try:
        return work()
    except OcrwebError as error:
        return error
    except Exception as failure:  # the page's last line of defence: a report file instead of a traceback
        return internal_error(failure)


def warn(sentence: str) -> None:
    """A sentence that passes by over the page. Gradio takes it for HTML."""
    gr.Warning(escape(sentence))


def tell(sentence: str) -> None:
    """The same for a sentence that nothing is wrong with."""
    gr.Info(escape(sentence))
