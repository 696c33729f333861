"""The coloured band on top, and the warning of a console without a login."""

from __future__ import annotations

import html

import gradio as gr

from ocrweb.ui import texts


def build(*, open_to_all: bool) -> None:
    band = gr.HTML(_band(None))
    warning = gr.HTML("", visible=open_to_all)
    blocks = gr.context.Context.root_block
    assert blocks is not None
    blocks.load(_band, None, band, api_visibility="private", show_progress="hidden")
    if open_to_all:
        blocks.load(_warning, None, warning, api_visibility="private", show_progress="hidden")


def _band(request: gr.Request | None) -> str:
    lang = texts.language_of(request)
    return (
        f'<div class="ocrweb-header"><h1>{html.escape(texts.say("page.heading", lang))}</h1>'
        f"<p>{html.escape(texts.say('page.tagline', lang))}</p></div>"
    )


def _warning(request: gr.Request) -> str:
    return f'<div class="ocrweb-warning">{html.escape(texts.say("page.no-login", texts.language_of(request)))}</div>'
