"""The dropdown of models that can detect right now."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ocrweb.config.model_names import DEFAULT
from ocrweb.services.models.listing import usable_models
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.fresh_choices import QUIET, read_when_opened, without_gone
from ocrweb.ui.parts.problems import warn
from ocrweb.ui.parts.texts import label


def model_dropdown(elem_id: str, **settings: Any) -> gr.Dropdown:
    """A dropdown whose choices are read again whenever it is opened, so a finished run appears without a reload."""
    dropdown = gr.Dropdown(usable_models(), value=DEFAULT, label=label("single.model"), elem_id=elem_id, **settings)
    known = read_when_opened(dropdown, usable_models)
    dropdown.blur(closed, dropdown, [dropdown, known], **QUIET)
    return dropdown


def closed(chosen: str | None, request: gr.Request) -> tuple[Any, list[Any]]:
    """A chosen model that was deleted gives way to the default, which the visitor is told."""
    names = usable_models()
    instead = DEFAULT if DEFAULT in names or not names else names[0]
    if chosen and chosen not in names:
        warn(texts.say("single.model-gone", texts.language_of(request), name=chosen, instead=instead))
    return without_gone(names, chosen, instead)
