"""The dropdown of models that can detect right now."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ocrweb.config.model_names import DEFAULT
from ocrweb.services.models.listing import titles_of_models, usable_models
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.fresh_choices import QUIET, read_when_opened, without_gone
from ocrweb.ui.parts.problems import warn
from ocrweb.ui.parts.texts import label


def model_dropdown(elem_id: str, **settings: Any) -> gr.Dropdown:
    """A dropdown whose choices are read again whenever it is opened, so a finished run appears without a reload."""
    dropdown = gr.Dropdown(usable_choices(), value=DEFAULT, label=label("single.model"), elem_id=elem_id, **settings)
    known = read_when_opened(dropdown, usable_choices)
    dropdown.blur(closed, dropdown, [dropdown, known], **QUIET)
    page = gr.context.Context.root_block
    assert page is not None
    page.load(opened, dropdown, [dropdown, known], **QUIET)
    return dropdown


def usable_choices() -> list[tuple[str, str]]:
    """What is shown of each usable model, with its own name; the one in use first."""
    titles = titles_of_models()
    return [(f"{titles[name]} · {name}" if name in titles else name, name) for name in usable_models()]


def opened(chosen: str | None) -> tuple[Any, Any]:
    """The page was opened: the model in use is the one that is chosen at first."""
    choices = usable_choices()
    if chosen != DEFAULT or not choices or choices[0][1] == DEFAULT:
        return gr.skip(), gr.skip()
    return gr.Dropdown(choices=choices, value=choices[0][1]), choices


def closed(chosen: str | None, request: gr.Request) -> tuple[Any, list[Any]]:
    """A chosen model that was deleted gives way to the default, which the visitor is told."""
    choices = usable_choices()
    names = [name for _, name in choices]
    instead = names[0] if names else DEFAULT
    if chosen and chosen not in names:
        warn(texts.say("single.model-gone", texts.language_of(request), name=chosen, instead=instead))
    return without_gone(choices, chosen, instead)
