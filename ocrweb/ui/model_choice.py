"""The dropdown of models that can detect right now."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ocrweb.services.models import models
from ocrweb.ui.texts import label

DEFAULT = "ppocrv6-small"


def usable_models() -> list[str]:
    """Names of available models that detect, the default first."""
    return [row.name for row in models() if row.available and row.detects]


def model_dropdown(elem_id: str, **settings: Any) -> gr.Dropdown:
    """A dropdown whose choices are read again whenever it is opened, so a finished run appears without a reload."""
    dropdown = gr.Dropdown(usable_models(), value=DEFAULT, label=label("single.model"), elem_id=elem_id, **settings)
    dropdown.focus(
        lambda: gr.Dropdown(choices=usable_models()), None, dropdown, api_visibility="private", show_progress="hidden"
    )
    return dropdown
