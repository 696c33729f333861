"""The dropdown of models that can detect right now."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

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

_of_pages: WeakKeyDictionary[gr.Blocks, list[tuple[gr.Dropdown, gr.State]]] = WeakKeyDictionary()  # with what it knows


def model_dropdown(elem_id: str, **settings: Any) -> gr.Dropdown:
    """A dropdown whose choices are read again whenever it is opened, so a finished run appears without a reload.

    The model in use is the one that is chosen at first.
    """
    dropdown = gr.Dropdown(usable_choices(), value=DEFAULT, label=label("single.model"), elem_id=elem_id, **settings)
    taken.read_by(dropdown, lambda name: name)  # one that came since the console did; handlers check it
    known = read_when_opened(dropdown, usable_choices)
    dropdown.blur(closed, dropdown, [dropdown, known], **QUIET)
    drawn_at_opening(dropdown, lambda lang: {"choices": once(usable_choices), "value": model_at_first()})
    _of_pages.setdefault(page(), []).append((dropdown, known))
    return dropdown


def offer_when_opened() -> None:
    """What may be chosen in the dropdowns of the page that is being built, as the server has to know it too.

    One event for all of them: the browser looks at every widget of the page for each that is answered.
    """
    pairs = _of_pages[page()]

    def offered() -> dict[Any, Any]:
        choices = usable_choices()  # the chosen ones are left alone
        return {
            widget: now
            for pair in pairs
            for widget, now in zip(pair, (gr.Dropdown(choices=choices), choices), strict=True)
        }

    page().load(offered, None, [widget for pair in pairs for widget in pair], **QUIET)


def usable_choices() -> list[tuple[str, str]]:
    """What is shown of each usable model, with its own name; the one in use first."""
    titles = titles_of_models()
    return [(f"{titles[name]} · {name}" if name in titles else name, name) for name in usable_models()]


def model_at_first() -> str:
    """The model that a visitor finds chosen everywhere."""
    return next((name for _, name in once(usable_choices)), DEFAULT)


def closed(chosen: str | None, request: gr.Request) -> tuple[Any, list[Any]]:
    """A chosen model that was deleted gives way to the default, which the visitor is told."""
    choices = usable_choices()
    names = [name for _, name in choices]
    instead = names[0] if names else DEFAULT
    if chosen and chosen not in names:
        warn(texts.say("single.model-gone", texts.language_of(request), name=chosen, instead=instead))
    return without_gone(choices, chosen, instead)
