"""What a browser keeps over reloads, and over a restart of the console."""

from __future__ import annotations

import gradio as gr

from ocrweb.services.access.secret import page_secret


def browser_state(storage_key: str, *, holds_name: bool = True) -> gr.BrowserState:
    """An entry in the browser's storage, at first None. holds_name: nothing but a text is ever in it."""
    state = gr.BrowserState(None, storage_key=storage_key, secret=page_secret())
    state.holds_name = holds_name  # type: ignore[attr-defined]  # read by `guard.values`
    return state
