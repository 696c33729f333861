"""What a browser keeps over reloads, and over a restart of the console."""

from __future__ import annotations

import gradio as gr

from ocrweb.services.page_secret import page_secret


def browser_state(storage_key: str) -> gr.BrowserState:
    """An entry in the browser's storage, at first None."""
    return gr.BrowserState(None, storage_key=storage_key, secret=page_secret())
