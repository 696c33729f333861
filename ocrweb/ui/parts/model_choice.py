"""The dropdown of models that can detect right now."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ocrweb.config.model_names import DEFAULT
from ocrweb.services.models.listing import titles_of_models, usable_models
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.built import QUIET, page
from ocrweb.ui.parts.fresh_choices import read_when_opened, without_gone
from ocrweb.ui.parts.opening import drawn_at_opening, once
from ocrweb.ui.parts.problems import warn
from ocrweb.ui.parts.texts import label
from ocrweb.ui.seams import taken


def model_dropdown(elem_id: str, **settings: Any) -> gr.Dropdown:
    """A dropdown whose choices are read again whenever it is opened, so a finished run appears without a reload.

    The model in use is the one that is chosen at first.
    """
    dropdown = gr.Dropdown(usable_choices(), value=DEFAULT, label=label("single.model"), elem_id=elem_id, **settings)
    taken.read_by(dropdown, lambda name: name)  # one that came since the console did; handlers check it
    known = read_when_opened(dropdown, usable_choices)
    dropdown.blur(closed, dropdown, [dropdown, known], **QUIET)
    drawn_at_opening(dropdown, lambda lang: {"choices": once(usable_choices), "value": model_at_first()})
    page().load(offered, None, [dropdown, known], **QUIET)  # what may be chosen, as the server has to know it too
    return dropdown


def usable_choices() -> list[tuple[str, str]]:
    """What is shown of each usable model, with its own name; the one in use first."""
    titles = titles_of_models()
    return [(f"{titles[name]} · {name}" if name in titles else name, name) for name in usable_models()]


def model_at_first() -> str:
    """The model that a visitor finds chosen everywhere."""
    return next((name for _, name in once(usable_choices)), DEFAULT)


def offered() -> tuple[Any, Any]:
    """The choices of a page that has just been opened; the chosen one is left alone."""
    choices = usable_choices()
    return gr.Dropdown(choices=choices), choices


def closed(chosen: str | None, request: gr.Request) -> tuple[Any, list[Any]]:
    """A chosen model that was deleted gives way to the default, which the visitor is told."""
    choices = usable_choices()
    names = [name for _, name in choices]
    instead = names[0] if names else DEFAULT
    if chosen and chosen not in names:
        warn(texts.say("single.model-gone", texts.language_of(request), name=chosen, instead=instead))
    return without_gone(choices, chosen, instead)
