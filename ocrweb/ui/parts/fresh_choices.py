"""Dropdowns whose choices come and go while the page is open, here or in another window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from ocrweb.ui.parts.built import QUIET

Read = Callable[[], Sequence[Any]]


def read_when_opened(dropdown: gr.Dropdown, read: Read) -> gr.State:
    """Read the choices again whenever the list is opened, so that a new one appears without a reload.

    Returns the choices that the browser has. Those that are gone stay until the list is closed: an open one fails when
    it becomes shorter.
    """
    known = gr.State(list(read()))

    def opened(before: Sequence[Any]) -> tuple[Any, list[Any]]:
        choices = grown(read(), before)
        return gr.Dropdown(choices=choices), choices

    dropdown.focus(opened, known, [dropdown, known], **QUIET)
    return known


def grown(now: Sequence[Any], before: Sequence[Any]) -> list[Any]:
    """The present choices, then the earlier ones that are gone: by their values, for words are never equal to others."""
    values = [_value(choice) for choice in now]
    return [*now, *(choice for choice in before if _value(choice) not in values)]


def without_gone(now: Sequence[Any], chosen: Any, instead: Any) -> tuple[Any, list[Any]]:
    """For a closed list: the present choices, with another value in the place of a chosen one that is gone.

    That one stays a choice until the next time, for work that was started with it in this very moment.
    """
    values = [_value(choice) for choice in now]
    if not chosen or chosen in values:
        return gr.Dropdown(choices=list(now)), list(now)
    choices = [*now, (chosen, chosen) if now and isinstance(now[0], tuple) else chosen]
    return gr.Dropdown(choices=choices, value=instead), choices


def _value(choice: Any) -> Any:
    return choice[1] if isinstance(choice, tuple) else choice
