"""One sentence beside each place of upload: who will see what is put there."""

from __future__ import annotations

import gradio as gr

from ocrweb.ui.parts.texts import label


def build() -> None:
    gr.Markdown(label("page.shared"), elem_classes="ocrweb-quiet")
